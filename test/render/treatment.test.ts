import { expect, test } from "vitest"
import { offerSchema } from "../../src/core/catalogue/offer.ts"
import { treatmentFor } from "../../src/core/catalogue/treatment.ts"
import { templateFault } from "../../src/render/liquid.ts"
import { renderTreatment } from "../../src/render/treatment.ts"
import { onTheHomePage } from "../support/situations.ts"

const cream = { id: "cream", title: "Day <cream>", price: 12.5 }
const shown = (template: string, traits: Record<string, unknown> = {}) =>
  renderTreatment(
    {
      offer: offerSchema.parse({
        id: "o",
        kind: "promotion",
        title: "O",
        value: 1,
        treatments: [{ content: { t: template } }],
      }),
      item: cream,
    },
    { ...onTheHomePage, traits },
    new Map([["cream", cream]]),
  )

test("variables are escaped, the template's own text is HTML", () => {
  expect(shown("<b>{{ item.title }}</b> for {{ customer.firstName }}", { firstName: `A"<i>` })).toEqual({
    content: { t: "<b>Day &lt;cream&gt;</b> for A&#34;&lt;i&gt;" },
    contentType: "html",
  })
})

test("a missing field or filter, a file, an endless loop and the clock are faults", () => {
  expect(shown("{{ customer.firstName }}")).toMatchObject({ fault: expect.stringContaining("customer.firstName") })
  for (const template of [
    "{{ item.title | nofilter }}",
    "{{ item.title | raw }}",
    '{% include "other" %}',
    "{% for n in (1..100000000) %}x{% endfor %}",
    '{{ "now" | date: "%Y" }}',
    "{{ item.constructor }}",
  ]) {
    expect(shown(template), template).toHaveProperty("fault")
  }
})

test("what can be known of a template is said before it is used", () => {
  expect(templateFault("{{ item.title }} {{ customer.firstName | upcase }}")).toBeUndefined()
  expect(templateFault("{{ itm.title }}")).toContain("itm")
  expect(templateFault("{{ item.title | nofilter }}")).toContain("nofilter")
  expect(templateFault("{% if item %}")).toBeTypeOf("string")
  expect(templateFault('{% render "file" %}')).toBeTypeOf("string")
})

test("the closest language serves, then the treatment for every locale, on its channels", () => {
  const treatments = [
    { content: { t: "all" } },
    { locale: "it", content: { t: "it" } },
    { locale: "it-CH", content: { t: "it-CH" } },
    { locale: "de", channels: ["email" as const], content: { t: "de" } },
  ]
  const found = (locale: string | undefined, channel: "web" | "email" = "web") =>
    treatmentFor(treatments, channel, locale)?.content.t
  expect(["it-CH", "it-IT", "IT", "fr", undefined, "de"].map((locale) => found(locale))).toEqual([
    "it-CH",
    "it",
    "it",
    "all",
    "all",
    "all",
  ])
  expect(found("de-AT", "email")).toBe("de")
  expect(treatmentFor(treatments.slice(1), "web", "fr")).toBeUndefined()
})

test("an offer without treatments shows its own text", () => {
  const offer = offerSchema.parse({ id: "o", kind: "promotion", title: "O", value: 1, content: { a: "<b>" } })
  expect(renderTreatment({ offer, item: undefined }, onTheHomePage, new Map())).toEqual({
    content: { a: "<b>" },
    contentType: "text",
  })
})
