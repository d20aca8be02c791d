import { afterAll, describe, expect, test } from "vitest"
import { openMailShop } from "../support/mail-shop.ts"

const { shop, withOffer } = await openMailShop({ publicUrl: "https://shop-api.example" })
afterAll(() => shop.close())

const browser =
  "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0 Safari/537.36"
const follow = async (link: string, headers: Record<string, string> = {}, method = "GET") => {
  const { status } = await shop.ask(method, link, { key: "none", headers: { "user-agent": browser, ...headers } })
  expect(status).toBe(302)
}
const read = async (id: unknown) => (await shop.ask("GET", `/v1/decisions/${id}`)).json
const mailOf = async (userId: string) => {
  const { json } = (await withOffer(userId)).answer
  return { id: json.decisionId, links: (json.items as { link: string }[]).map(({ link }) => link) }
}

const ofMachines: Record<string, string>[] = [
  { "sec-purpose": "prefetch;prerender" },
  { purpose: "prefetch" },
  { "x-moz": "prefetch" },
  { "x-purpose": "preview" },
  { "user-agent": "Mozilla/5.0 (compatible; Barracuda Sentinel (EE))" },
  { "user-agent": "Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)" },
  { "user-agent": "python-requests/2.32.3" },
  { "user-agent": "YahooMailProxy; https://help.yahoo.com/kb/yahoo-mail-proxy-SLN28749.html" },
  { "user-agent": "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)" },
  { "user-agent": "curl/8.5.0" },
]

test("what a machine follows leads on and is counted apart, and a customer's click after it counts", async () => {
  const { id, links } = await mailOf("r-0")
  for (const [n, headers] of ofMachines.entries()) {
    await follow(links[0]!, headers)
    expect(await read(id), JSON.stringify(headers)).toMatchObject({
      machineClicks: n + 1,
      outcomes: [],
      activatedAt: null,
    })
  }
  await follow(links[0]!)
  expect(await read(id)).toMatchObject({ machineClicks: ofMachines.length, outcomes: [{ outcome: "click" }] })
})

test.each([
  browser,
  "Mozilla/5.0 (Linux; Android 13; CUBOT P80) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0 Mobile Safari/537.36",
  "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148",
])("a customer's browser is none: %s", async (userAgent) => {
  const { id, links } = await mailOf("r-1")
  await follow(links[0]!, { "user-agent": userAgent })
  const { outcomes, machineClicks } = await read(id)
  expect(outcomes).toMatchObject([{ outcome: "click" }])
  expect(machineClicks).toBeUndefined()
})

test("looking a link up with HEAD is neither", async () => {
  const { id, links } = await mailOf("r-2")
  await follow(links[0]!, {}, "HEAD")
  const { outcomes, machineClicks } = await read(id)
  expect([outcomes, machineClicks]).toEqual([[], undefined])
})

describe("many links of one mail within seconds", () => {
  const responseOf = async (id: unknown) => {
    const { customerId } = await read(id)
    const [row] = await shop.sql(`select reservations from contacts where customer_id = '${customerId}'`)
    return (row!.reservations as { decisionId: string; response?: string }[]).find((held) => held.decisionId === id)
      ?.response
  }

  test("are a machine's, and the clicks just recorded are taken back", async () => {
    const { id, links } = await mailOf("r-3")
    for (const link of links.slice(0, 2)) await follow(link)
    expect(await responseOf(id)).toBe("clicked")
    for (const link of links.slice(2)) await follow(link)
    expect(await read(id)).toMatchObject({ machineClicks: links.length, outcomes: [] })
    expect(await responseOf(id)).toBeUndefined()
    shop.advance(60_000)
    await follow(links[1]!)
    expect(await read(id)).toMatchObject({ machineClicks: links.length, outcomes: [{ outcome: "click" }] })
  })

  test("leave a click of before as it was, and slow reading is the customer's", async () => {
    const { id, links } = await mailOf("r-4")
    for (const link of links) {
      await follow(link)
      shop.advance(20_000)
    }
    for (const link of links) await follow(link)
    const { outcomes } = await read(id)
    expect(outcomes).toMatchObject([{ outcome: "click" }])
  })
})
