import { chromium, type Page } from "playwright-core"

export interface Mail {
  html: string
  /** The plain-text twin; `null` without one. */
  text: string | null
  /** Title of the item that it names. */
  title: string
  /** Price as an amount, without its currency. */
  price: number | undefined
}

export const mailParts = ["name", "price", "picture", "button", "text"] as const
export type MailPart = (typeof mailParts)[number]

interface Seen {
  words: string
  hasButton: boolean
  hasPicture: boolean
}

/** Runs in the page: its visible words, whether a link looks like a button, and whether there is a picture or a drawn placeholder, a painted box with hardly any words. */
const look = `(() => {
  const sizeOf = (element) => element.getBoundingClientRect()
  const isVisible = (element) => sizeOf(element).width > 0 && sizeOf(element).height > 0
  const isPainted = (element) => {
    const { backgroundColor, borderTopWidth } = getComputedStyle(element)
    return backgroundColor !== "rgba(0, 0, 0, 0)" || parseFloat(borderTopWidth) > 0
  }
  const wordsOf = (element) => (element.textContent ?? "").trim()
  const isButton = (link) => wordsOf(link) !== "" && [link, link.parentElement].some(isPainted)
  const isPicture = (element) => {
    const { width, height } = sizeOf(element)
    const isImage = element.matches("img, svg") || getComputedStyle(element).backgroundImage !== "none"
    return width >= 40 && height >= 40 && (isImage || (isPainted(element) && wordsOf(element).length <= 3))
  }
  return {
    words: document.body.innerText,
    hasButton: [...document.querySelectorAll("a")].filter(isVisible).some(isButton),
    hasPicture: [...document.querySelectorAll("body *")].some(isPicture),
  }
})()`

/** Returns the parts that a mail lacks, as Chromium shows it at the width of a phone. */
async function lackingIn(page: Page, { html, text, title, price }: Mail): Promise<MailPart[]> {
  await page.setContent(html, { waitUntil: "domcontentloaded" })
  const { words, hasButton, hasPicture } = await page.evaluate<Seen>(look)
  const digits = (shown: string) => shown.replace(/[.,\s]/g, "")
  const amount = price === undefined ? null : digits(price.toFixed(2))
  const holds: Record<MailPart, boolean> = {
    name: words.includes(title),
    price: amount !== null && digits(words).includes(amount),
    picture: hasPicture,
    button: hasButton,
    text: amount !== null && text?.includes(title) === true && digits(text).includes(amount),
  }
  return mailParts.filter((part) => !holds[part])
}

/** Opens mails in a Chromium one after the other, without a network; returns the parts that each lacks. */
export async function lookAtMails(mails: readonly Mail[], executablePath: string): Promise<MailPart[][]> {
  const browser = await chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-gpu"] })
  try {
    const page = await browser.newPage({ viewport: { width: 390, height: 844 }, offline: true })
    const found: MailPart[][] = []
    for (const mail of mails) found.push(await lackingIn(page, mail))
    return found
  } finally {
    await browser.close()
  }
}
