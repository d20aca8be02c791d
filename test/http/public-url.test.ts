import { afterAll, describe, expect, test } from "vitest"
import { configWarnings, parseConfig } from "../../src/config.ts"
import { firstWithOffer, openMailShop } from "../support/mail-shop.ts"

const evil = { host: "evil.example", "x-forwarded-host": "evil.example" }
const publicUrl = "https://personal.shop.example/api"

describe("without PUBLIC_URL", async () => {
  const { shop, ask } = await openMailShop()
  afterAll(() => shop.close())

  test("links lead straight to the shop, and no name of this server is in what is stored", async () => {
    const path = "/v1/content/weekly-email?customer=userId:r-1&campaign=own&slot="
    let slot = ""
    const first = await firstWithOffer((asked) => {
      slot = asked
      return ask(`http://evil.example${path}${asked}`, evil)
    })
    const items = first.json.items as { link: string; item: { url: string } }[]
    for (const { link, item } of items) expect(link).toBe(new URL(item.url).href)
    const html = await ask(`http://127.0.0.1:3000${path}${slot}&format=html`)
    for (const { text } of [first, html]) expect(text).not.toMatch(/evil\.example|127\.0\.0\.1|\/v1\/c\//)
    expect(html.text).toContain('href="https://shop.example/p/')
  })

  test("the start says so", () => {
    expect(configWarnings(parseConfig({}), {})).toEqual([expect.stringContaining("PUBLIC_URL is not set")])
    expect(configWarnings(parseConfig({ PUBLIC_URL: publicUrl }), {})).toEqual([])
  })
})

describe("with PUBLIC_URL", async () => {
  const { shop, ask, withOffer } = await openMailShop({ publicUrl: `${publicUrl}/` })
  afterAll(() => shop.close())

  test("every link leads through it, whoever asks by whatever name", async () => {
    const { campaign } = await withOffer("r-0")
    const path = `/v1/content/weekly-email?customer=userId:r-0&campaign=${campaign}&locale=en`
    const { json } = await ask(`http://evil.example${path}`, evil)
    const links = (json.items as { link: string }[]).map(({ link }) => link)
    expect(links.length).toBeGreaterThan(0)
    for (const link of links) expect(link.startsWith(`${publicUrl}/v1/c/`)).toBe(true)
  })
})

test("headers by which a proxy tells a client's address, protocol or host change no answer", async () => {
  const { shop, ask, withOffer } = await openMailShop({ publicUrl })
  const { campaign } = await withOffer("r-0")
  const path = `http://127.0.0.1:3000/v1/content/weekly-email?customer=userId:r-0&campaign=${campaign}&locale=en&slot=`
  const forged = {
    "x-forwarded-for": "203.0.113.7",
    "x-forwarded-proto": "http",
    "x-forwarded-host": "evil.example",
    "x-forwarded-port": "8080",
    "x-real-ip": "203.0.113.7",
    forwarded: "for=203.0.113.7;proto=http;host=evil.example",
  }
  const plain = await firstWithOffer((slot) => ask(`${path}a${slot}`, {}))
  const told = await firstWithOffer((slot) => ask(`${path}b${slot}`, forged))
  expect(told.status).toBe(plain.status)
  expect(told.text).not.toMatch(/evil\.example|203\.0\.113\.7|http:\/\/personal/)
  const originOf = ({ json }: typeof plain) =>
    (json.items as { link: string }[]).map(({ link }) => new URL(link).origin)
  expect(originOf(told)).toEqual(originOf(plain))
  expect(originOf(told)).toContain(new URL(publicUrl).origin)
  await shop.close()
})
