import { mkdtempSync, rmSync } from "node:fs"
import { cpus, tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { parseArgs } from "node:util"
import { checkOut, commitOf, describeCheckout } from "../../load-tests/run/answers/checkout.ts"
import { closeOnExit } from "../../load-tests/run/close-on-exit.ts"
import { measureDemo } from "./sense/measure-demo.ts"
import { measureImport } from "./sense/measure-import.ts"
import { measureWorlds } from "./sense/measure-worlds.ts"
import { type Product, productAt, startProduct, trainAndPromote } from "./sense/product.ts"

/** Asks the running product as its callers do, and counts the answers that would embarrass a shop. */
const { values: flags } = parseArgs({
  options: {
    only: { type: "string", default: "demo,import" },
    against: { type: "string" },
    running: { type: "string" },
    data: { type: "string", default: "../shared/data" },
    "budget-seconds": { type: "string" },
    "world-seeds": { type: "string", default: "6101,6102,6103,6104,6105" },
    "first-release": { type: "boolean", default: false },
    customers: { type: "string", default: "100" },
    mails: { type: "string", default: "200" },
    known: { type: "string", default: "800" },
    chromium: { type: "string", default: "/usr/bin/chromium" },
  },
})
const root = fileURLToPath(new URL("../../", import.meta.url))
const say = (line: string) => void process.stderr.write(`${line}\n`)
const parts = flags.only.split(",")
const sizes = { asked: Number(flags.customers), mails: Number(flags.mails), known: Number(flags.known) }

/** The demo shop as at a first start, or the service at the address given, asked with ADMIN_KEY. */
async function openDemo(folder: string, closing: (() => unknown)[]): Promise<Product> {
  if (flags.running !== undefined) return productAt({ baseUrl: flags.running, key: process.env.ADMIN_KEY ?? "" })
  const started = await startProduct({ root: folder, demo: true, closing })
  say("the demo shop is ready")
  if (!flags["first-release"]) await trainAndPromote(started, flags["budget-seconds"])
  return started.product
}

/** Measures the parts asked for of the code in a folder. */
async function measure(code: string, closing: (() => unknown)[]) {
  const figures: Record<string, unknown> = {}
  if (parts.includes("demo"))
    figures.demo = await measureDemo(await openDemo(code, closing), { sizes, chromium: flags.chromium, say })
  if (parts.includes("import")) {
    const folder = mkdtempSync(join(tmpdir(), "beforehand-retail-"))
    closing.push(() => rmSync(folder, { recursive: true, force: true }))
    figures.import = await measureImport(await startProduct({ root: code, demo: false, closing }), {
      data: join(flags.data, "online-retail/online_retail.parquet"),
      folder,
      asked: sizes.asked,
      budgetSeconds: flags["budget-seconds"],
      say,
    })
  }
  return figures
}

/** Measures the worlds, whose truth only this process knows, of the code that it runs itself. */
const measureTruth = (closing: (() => unknown)[]) =>
  measureWorlds({
    seeds: flags["world-seeds"].split(",").map(Number),
    asked: sizes.asked,
    budgetSeconds: flags["budget-seconds"],
    closing,
    say,
  })

const { closing, close } = closeOnExit()
try {
  const { against } = flags
  say(
    `${describeCheckout(root)}${against === undefined ? "" : ` and ${commitOf(root, against).slice(0, 7)}`}; ${parts.join(", ")}; ` +
      `${sizes.asked} customers asked, ${sizes.mails} mails, ${sizes.known} customers' pasts read\n` +
      `Node ${process.version}, ${cpus().length} cores of ${cpus()[0]?.model ?? "an unknown kind"}`,
  )
  const line: Record<string, unknown> = { bench: "sense", ...(await measure(root, closing)) }
  if (parts.includes("worlds")) line.worlds = await measureTruth(closing)
  if (against !== undefined) {
    const scratch = mkdtempSync(join(tmpdir(), "beforehand-against-"))
    closing.push(() => rmSync(scratch, { recursive: true, force: true }))
    const folder = join(scratch, "checkout")
    await checkOut({ root, commit: commitOf(root, against), folder, logFile: join(scratch, "npm.log") }, closing)
    say(`at ${against}:`)
    line.against = await measure(folder, closing)
  }
  process.stdout.write(`${JSON.stringify(line)}\n`)
} finally {
  await close()
}
