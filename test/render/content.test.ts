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
const reader = { locale: "en", currency: "EUR" }
const render = (content: Partial<Content>, locale = "en") =>
  renderContent({ ...nothing, ...content }, { ...reader, locale })
const html = (content: Partial<Content>, locale?: string) => text(render(content, locale).html)
const plain = (content: Partial<Content>, locale?: string) => text(render(content, locale).text)
const offer = (content: Record<string, string>) => ({
  offer: { id: "o", title: "Offer", content, contentType: "text" as const },
})

test("nothing is an object in JSON and an empty block in HTML", () => {
  const { json } = renderContent(nothing, reader)
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

const cream = { title: "Cream", price: 12.5, discountedPrice: 10, currency: "EUR", url: "https://shop.example/cream" }
const ofCream = { id: "o", title: "Save", content: { headline: "Save" }, contentType: "text" as const, item: cream }

test("a product is shown with its name, both prices as the reader writes them, a drawn picture and a button", () => {
  const block = html({ offer: ofCream })
  for (const part of [
    "Save",
    ">Cream<",
    "€10.00",
    "<s style",
    "€12.50",
    'role="img" aria-label="Cream"',
    "> View product <",
  ])
    expect(block).toContain(part)
  expect(html({ offer: ofCream }, "it")).toMatch(/10,00\s€.*12,50\s€.*Vedi il prodotto/s)
  const { currency: _, ...unnamed } = cream
  expect(html({ offer: { ...ofCream, item: unnamed } }, "en-GB")).toContain("€10.00")
  expect(html({ offer: { ...ofCream, item: { ...cream, currency: "???" } } })).toContain("10.00 ???")
})

test("the plain text says the same", () => {
  expect(plain({ offer: ofCream })).toBe("Save\n\nCream\n€10.00 (was €12.50)\nView product: https://shop.example/cream")
  const treated = { ...offer({ headline: "<b>Ada</b> &amp; you", text: "<p>One</p><p>Two</p>" }).offer }
  expect(plain({ offer: { ...treated, contentType: "html" } })).toBe("Ada & you\nOne\nTwo")
})

test("several products stand in pairs below their message, which is said once", () => {
  const items = ["One", "Two", "Three"].map((title, n) => ({
    id: title,
    rank: n + 1,
    score: 1,
    item: { title, price: 5 },
  }))
  const link = "https://shop.example/one"
  const item = { ...items[0]!.item, image: "https://shop.example/one.png" }
  const block = html({ offer: { ...ofCream, item, link }, items })
  expect(block).not.toContain(link)
  expect(block).not.toContain("<img")
  expect(block.match(/role="img"/g)).toHaveLength(3)
  expect(block.match(/>Save</g)).toHaveLength(1)
  expect(block.match(/class="mail-card"/g)).toHaveLength(3)
})

test("a text that looks like a place of the layout is not filled in", () => {
  expect(html(offer({ headline: "{{text}}", text: "secret" })).match(/secret/g)).toHaveLength(1)
})

test("a language that is written from right to left turns the layout", () => {
  const block = html({ offer: { ...ofCream, title: "تخفيض" } }, "ar")
  expect(block).toContain('lang="ar" dir="rtl"')
  expect(block).not.toContain("text-align:left")
  expect(block).not.toContain("direction:ltr")
})
