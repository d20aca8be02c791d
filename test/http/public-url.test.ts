import { afterAll, describe, expect, test } from "vitest"
import { configWarnings, parseConfig } from "../../src/config.ts"
import { openMailShop } from "../support/mail-shop.ts"

const evil = { host: "evil.example", "x-forwarded-host": "evil.example" }
const publicUrl = "https://personal.shop.example/api"

describe("without PUBLIC_URL", async () => {
  const { shop, ask, withOffer } = await openMailShop()
  afterAll(() => shop.close())

  test("links lead straight to the shop, and no name of this server is in what is stored", async () => {
    const { campaign } = await withOffer("r-0")
    const path = `/v1/content/weekly-email?customer=userId:r-1&campaign=${campaign}`
    const first = await ask(`http://evil.example${path}`, evil)
    const items = first.json.items as { link: string; item: { url: string } }[]
    for (const { link, item } of items) expect(link).toBe(new URL(item.url).href)
    const html = await ask(`http://127.0.0.1:3000${path}&format=html`)
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
