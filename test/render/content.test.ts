import { expect, test } from "vitest"
import { type Content, renderContent } from "../../src/render/content.ts"

const nothing: Content = {
  placement: "mail",
  campaign: "c",
  slot: "1",
  decisionId: null,
  kind: "nothing",
  offer: null,
  items: [],
  modelVersion: null,
  untrained: true,
  fallback: false,
}
const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes)
const html = (content: Partial<Content>) => text(renderContent({ ...nothing, ...content }).html)
const offer = (content: Record<string, string>) => ({
  offer: { id: "o", title: "Offer", content, contentType: "text" as const },
})

test("nothing is an object in JSON and an empty block in HTML", () => {
  const { json } = renderContent(nothing)
  expect(JSON.parse(text(json))).toEqual(nothing)
  expect(html({})).toBe("")
})

test("every character that could leave a text or an attribute is escaped", () => {
  const evil = `<b title="x" onclick='y'>&`
  const block = html({ ...offer({ headline: evil, text: evil, image: `https://a.example/"onerror="x` }) })
  expect(block).not.toContain("<b ")
  expect(block).toContain("&lt;b title=&quot;x&quot; onclick=&#39;y&#39;&gt;&amp;")
  expect(block).toContain('src="https://a.example/&quot;onerror=&quot;x"')
})

test("only web addresses and paths of the shop are linked", () => {
  for (const url of ["https://shop.example/a", "http://shop.example", "/basket"]) {
    expect(html(offer({ url })), url).toContain(`href="${url}"`)
  }
  for (const url of ["javascript:alert(1)", "data:text/html,x", "//evil.example", " javascript:x"]) {
    expect(html(offer({ url })), url).not.toContain("href")
  }
})

test("an item is shown with its price to two decimals", () => {
  const item = { id: "a", rank: 1, score: 1, item: { title: "Cream", price: 12.5, currency: "EUR" } }
  expect(html({ items: [item] })).toContain("12.50 EUR")
})
