import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { decide } from "../../src/core/decision/decide.ts"
import { createRuleVariables } from "../../src/core/decision/rule-variables.ts"
import { emptyHistory } from "../../src/core/history/history.ts"
import { type Policy, policyDraftSchema } from "../../src/core/policy/policy.ts"
import { evaluateRule, ruleFault } from "../../src/core/rules/rule.ts"
import { roots, vocabulary } from "../../src/core/rules/vocabulary.ts"
import { templateFault } from "../../src/render/liquid.ts"
import { renderTreatment } from "../../src/render/treatment.ts"
import { noonMs, offer, onTheHomePage, shopOf } from "../support/situations.ts"

const policy: Policy = { version: "test", placement: "home", ...policyDraftSchema.parse({}) }
const paths = roots.flatMap((root) => Object.keys(vocabulary[root]).map((name) => [root, name] as const))
const hasDash = (name: string) => /[^A-Za-z0-9_]/.test(name)

const cream = {
  id: "cream",
  title: "Cream",
  price: 9,
  currency: "EUR",
  margin: 3,
  stock: 4,
  brand: "Ours",
  category: ["skin"],
  url: "https://shop.example/cream",
  image: "https://shop.example/cream.png",
  validFrom: "2020-01-01T00:00:00Z",
  validTo: "2099-01-01T00:00:00Z",
  attributes: { vegan: true },
}
const past = {
  views: 1,
  carts: 0,
  purchases: 1,
  quantity: 1,
  returns: 0,
  lastAt: noonMs - 1000,
  purchaseTimes: [noonMs - 1000],
}
const knownToAll = {
  ...onTheHomePage,
  locale: "en",
  traits: { firstName: "Ada" },
  attributes: { orderId: "o-1" },
  trigger: {
    id: "t",
    event: "Order Shipped",
    at: "2026-03-01T12:00:00Z",
    hoursSince: 1,
    cart: {},
    order: {},
    parcel: {},
    case: {},
  },
  history: { ...emptyHistory, orders: 1, lastOrderAt: noonMs - 1000, lastAt: noonMs - 1000, items: { cream: past } },
}
const shown = (template: string) => {
  const themed = offer({ id: "o", theme: "spring", itemId: "cream", treatments: [{ content: { t: template } }] })
  return renderTreatment({ offer: themed, item: cream }, knownToAll, new Map([["cream", cream]]), policy)
}

describe("one vocabulary", () => {
  test.each(paths)("%s.%s is known to rules and to templates, and both see it", (root, name) => {
    const facts = createRuleVariables(knownToAll, policy)({ offer: offer({ id: "o", theme: "spring" }), item: cream })
    expect(ruleFault(`has(${root}.${name})`)).toBeUndefined()
    expect(evaluateRule(`has(${root}.${name})`, facts)).toBe(true)
    expect(templateFault(`{{ ${root}.${name} }}`)).toBeUndefined()
    expect(shown(`{{ ${root}.${name} }}`)).toHaveProperty("content")
  })

  test("traits and what the caller says have one name in both, and a short one in templates", () => {
    expect(ruleFault('customer.traits.firstName == "Ada" && context.attributes.orderId == "o-1"')).toBeUndefined()
    for (const template of [
      "{{ customer.traits.firstName }} {{ context.attributes.orderId }}",
      "{{ customer.firstName }} {{ context.orderId }}",
    ]) {
      expect(templateFault(template)).toBeUndefined()
      expect(shown(template)).toEqual({ content: { t: "Ada o-1" }, contentType: "html" })
    }
  })

  test("whatever else is named is refused by both, with the list of what exists", () => {
    const names = fc.stringMatching(/^[a-z]{3,12}$/)
    fc.assert(
      fc.property(fc.constantFrom(...roots), names, (root, name) => {
        fc.pre(!Object.hasOwn(vocabulary[root], name) && !["size", "first", "last"].includes(name) && !hasDash(name))
        const deep = `${root}.${name}.x`
        for (const fault of [
          ruleFault(`has(${deep})`) ?? ruleFault(`${deep} == 1.0`),
          templateFault(`{{ ${deep} }}`),
        ]) {
          expect(fault).toContain(`\`${root}\` has no \`${name}\``)
          for (const known of Object.keys(vocabulary[root])) expect(fault).toContain(known)
        }
      }),
    )
  })

  test.each([
    ["age >= 18.0", ["customer, offer, item, context", "customer.traits.age"]],
    ["customer.age >= 18.0", ["`customer` has no `age`", "daysSinceOrder", "`customer.traits.age`"]],
    ["item.colour == 'red'", ["`item` has no `colour`", "brand", "`item.attributes.colour`"]],
  ])("%s is refused in words that help", (rule, words) => {
    for (const word of words) expect(ruleFault(rule)).toContain(word)
  })

  test("a nope, a misspelt field of an item and of a list are refused", () => {
    expect(templateFault("{{ nope }}")).toContain("there is no `nope`; there are customer, offer, item, items, context")
    expect(templateFault("{{ items[0].titel }}")).toContain("`item` has no `titel`")
    expect(templateFault("{{ customer.consents.newsletter }}")).toContain("marketing")
    expect(templateFault("{{ items.first.title }} of {{ items.size }} {{ item.category.last }}")).toBeUndefined()
  })
})

describe("what is not known of everybody", () => {
  const adults = { suitability: [{ id: "adults", rule: "customer.traits.age >= 18.0" }] }

  test("is named in the trace, with the way to guard it, which then works", () => {
    const strict: Policy = { ...policy, ...policyDraftSchema.parse(adults) }
    const { trace } = decide(onTheHomePage, shopOf([offer({ id: "a" })]), strict)
    expect(trace.dropped[0]!.reason).toContain("`customer.traits.age`")
    expect(trace.dropped[0]!.reason).toContain("has(customer.traits.age) && ")
    const facts = createRuleVariables(onTheHomePage, policy)({ offer: offer({ id: "a" }), item: undefined })
    expect(evaluateRule("has(customer.traits.age) && customer.traits.age >= 18.0", facts)).toBe(false)
  })

  test("can have a default in a template, or be asked for; without either the fault says so", () => {
    const missing = "customer.traits.lastName"
    expect(shown(`{{ ${missing} | default: "you" }}`)).toMatchObject({ content: { t: "you" } })
    expect(shown(`{% if ${missing} %}x{% else %}y{% endif %}`)).toMatchObject({ content: { t: "y" } })
    expect(shown(`{{ ${missing} }}`)).toMatchObject({ fault: expect.stringContaining(`{{ ${missing} | default:`) })
  })
})
