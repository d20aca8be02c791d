import { mkdirSync, readFileSync } from "node:fs"
import { parseArgs } from "node:util"
import { chromium, type Page } from "playwright-core"
import { program } from "../clients/toolchains.ts"
import { type TriedMail, triedMails } from "./mails.ts"

/**
 * Shows mails of every kind in a real Chromium, on a phone and on a desktop, light and dark, with pictures and without: each product has
 * its name, its prices, a picture and a button that are seen, its plain text says the same, and nothing is wider than the phone.
 */
const { values } = parseArgs({ options: { pictures: { type: "string" } } })

const image = "https://shop.example/picture.svg"
const drawing =
  '<svg xmlns="http://www.w3.org/2000/svg" width="600" height="600"><rect width="600" height="600" fill="#c9b8a5"/><circle cx="300" cy="300" r="180" fill="#7d4f50"/></svg>'
const flags = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]

const looks = [375, 1280].flatMap((width) =>
  (["light", "dark"] as const).flatMap((scheme) =>
    [true, false].map((hasPictures) => ({ width, scheme, hasPictures })),
  ),
)

/** The mail as a page shows it, by `look.js`. */
interface Seen {
  text: string
  pictures: number
  /** Names of the pictures for readers who do not see them. */
  labels: (string | null)[]
  buttons: number
  /** Pixels by which the page is wider than the screen. */
  overflow: number
  crowded: string[]
  faint: string[]
}

const look = readFileSync(new URL("look.js", import.meta.url), "utf8")

/** Returns what is missing from a mail, or looks wrong. */
async function faultsOf(page: Page, { html, text, products }: TriedMail): Promise<string[]> {
  await page.setContent(
    `<!doctype html><html><head><meta name="viewport" content="width=device-width"></head><body style="margin:0">${html}</body></html>`,
  )
  const seen = await page.evaluate<Seen>(look)
  const plain = (words: string) => words.replace(/\s+/g, " ").trim()
  const missing = products.flatMap(({ name, prices }) => [
    ...[name, ...prices].filter((words) => !seen.text.includes(plain(words))).map((words) => `not seen: ${words}`),
    ...[name, ...prices]
      .filter((words) => !plain(text).includes(plain(words)))
      .map((words) => `not in the text: ${words}`),
    ...(seen.labels.includes(name) ? [] : [`no picture says ${name}`]),
  ])
  return [
    ...missing,
    ...(seen.pictures < products.length ? [`${seen.pictures} pictures of ${products.length}`] : []),
    ...(seen.buttons < products.length ? [`${seen.buttons} buttons of ${products.length}`] : []),
    ...(seen.overflow > 0 ? [`${seen.overflow} pixels wider than the screen`] : []),
    ...seen.crowded.map((words) => `runs out of its box: ${words}`),
    ...seen.faint.map((words) => `hardly legible: ${words}`),
    ...(text.trim() === "" ? ["no plain text"] : []),
  ]
}

const browser = await chromium.launch({
  executablePath: await program("chromium", "chromium-browser", "google-chrome"),
  args: flags,
})
const faults: Record<string, string[]> = {}
let tried = 0
try {
  for (const { width, scheme, hasPictures } of looks) {
    const page = await browser.newPage({ viewport: { width, height: 700 }, colorScheme: scheme })
    await page.route("**/*", (route) =>
      hasPictures ? route.fulfill({ contentType: "image/svg+xml", body: drawing }) : route.abort(),
    )
    for (const mail of triedMails(image)) {
      const look = `${mail.name} ${width} ${scheme}${hasPictures ? "" : " without pictures"}`
      const found = await faultsOf(page, mail)
      if (found.length > 0) faults[look] = found
      tried++
      if (values.pictures === undefined) continue
      mkdirSync(values.pictures, { recursive: true })
      await page.screenshot({ path: `${values.pictures}/${look.replaceAll(" ", "-")}.png`, fullPage: true })
    }
    await page.close()
  }
} finally {
  await browser.close()
}
process.stdout.write(`${JSON.stringify({ tried, faulty: Object.keys(faults).length, faults })}\n`)
if (Object.keys(faults).length > 0) process.exitCode = 1
