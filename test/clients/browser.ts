import { once } from "node:events"
import { readFileSync } from "node:fs"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { chromium } from "playwright-core"
import type { Sending } from "./sender.ts"
import { program } from "./toolchains.ts"

const library = new URL("../../node_modules/@segment/analytics-next/dist/umd/index.js", import.meta.url)
const flags = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-sync"]

/** A page that loads Segment's library as its README says, sends and waits until all of it has left. */
const page = ({ key, host, client, count }: Sending, delivery: "standard" | "batching") => {
  const settings = {
    apiHost: `${new URL(host).host}/v1`,
    protocol: "http",
    ...(delivery === "batching" && { deliveryStrategy: { strategy: "batching", config: { size: 10, timeout: 500 } } }),
  }
  return `<!doctype html><meta charset="utf-8"><title>A shop</title><script src="/library.js"></script><script>
    const key = ${JSON.stringify(key)}
    const analytics = window.AnalyticsNext.AnalyticsBrowser.load(
      { writeKey: key, cdnSettings: { integrations: { "Segment.io": { apiKey: key } } } },
      { integrations: { "Segment.io": ${JSON.stringify(settings)} } },
    )
    analytics.identify(${JSON.stringify(client)}, { plan: "gold" })
    for (let n = 0; n < ${count}; n++)
      analytics.track("Product Viewed", { product_id: "A-1", client: ${JSON.stringify(client)}, n })
  </script>`
}

/** Sends from a real browser, from a page of another origin than the API's, until nothing more arrives. */
export async function sendFromBrowser(
  sending: Sending,
  delivery: "standard" | "batching",
  landed: () => Promise<number>,
): Promise<void> {
  const executablePath = await program("chromium", "chromium-browser", "google-chrome")
  const script = readFileSync(library)
  const shop = createServer(({ url }, response) => {
    if (url === "/library.js") response.writeHead(200, { "content-type": "text/javascript" }).end(script)
    else response.writeHead(200, { "content-type": "text/html" }).end(page(sending, delivery))
  }).listen(0, "127.0.0.1")
  await once(shop, "listening")
  const browser = await chromium.launch({ executablePath, args: flags })
  try {
    const tab = await browser.newPage()
    tab.on("pageerror", (error) => process.stderr.write(`${sending.client}: ${error.message}\n`))
    await tab.goto(`http://127.0.0.1:${(shop.address() as AddressInfo).port}/`)
    const until = Date.now() + 90_000
    while ((await landed()) < sending.count + 1 && Date.now() < until) await tab.waitForTimeout(250)
    // What is still on its way, such as a second try of what has landed.
    await tab.waitForTimeout(3000)
  } finally {
    await browser.close()
    shop.close()
    shop.closeAllConnections()
  }
}
