import { expect, test } from "vitest"
import { evaluateRule, type RuleVariables, ruleFault } from "../../../src/core/rules/rule.ts"

const facts: RuleVariables = {
  customer: {
    known: true,
    stage: "buy",
    orders: 3,
    openCase: false,
    traits: { age: 42, tags: ["vip"] },
    consents: {},
  },
  offer: { id: "spring", kind: "promotion", value: 8, cost: 0 },
  item: { price: 12.5, category: ["skin"], attributes: {} },
  context: { placement: "home", channel: "web", hour: 9.5, weekday: 1, attributes: {} },
}

test("a rule is true, false, or unknown where what it depends on is not known", () => {
  expect(evaluateRule('customer.orders > 2 && "skin" in item.category', facts)).toBe(true)
  expect(evaluateRule("customer.traits.age < 18.0", facts)).toBe(false)
  expect(evaluateRule('customer.traits.city == "Rome"', facts)).toBe("unknown")
  expect(evaluateRule("customer.daysSinceOrder > 30.0", facts)).toBe("unknown")
})

test("unknown is neither: what decides without it stands", () => {
  expect(evaluateRule('customer.traits.city == "Rome" && customer.orders > 5', facts)).toBe(false)
  expect(evaluateRule('customer.traits.city == "Rome" || customer.orders > 2', facts)).toBe(true)
  expect(evaluateRule('!(customer.traits.city == "Rome")', facts)).toBe("unknown")
  expect(
    evaluateRule("has(customer.traits.city) && customer.traits.city != '' || !has(customer.traits.city)", facts),
  ).toBe(true)
})

test("what no rule can mean is refused with a reason", () => {
  for (const rule of ["customer.oders > 1", "customr.orders > 1", "customer.orders +", "customer.orders", "1 + 1"]) {
    expect(ruleFault(rule), rule).toBeTypeOf("string")
  }
  expect(ruleFault('customer.traits.name.matches("(a+)+$")')).toContain("startsWith")
  expect(ruleFault("customer.orders > 2 || item.price < 10.0")).toBeUndefined()
})

test("a rule reaches nothing but its facts", () => {
  for (const rule of [
    "customer.constructor == 1",
    "customer.traits.__proto__ == 1",
    "customer.traits.toString() == ''",
  ]) {
    expect(evaluateRule(rule, facts), rule).toBe("unknown")
  }
  expect(ruleFault("process.exit(1)")).toBeTypeOf("string")
})

test("of nested loops only one goes over what somebody outside the shop wrote", () => {
  const refused = [
    "customer.traits.l.exists(a, customer.traits.l.exists(b, b == 7))",
    "customer.traits.l.all(a, a.exists(b, b == 7))",
    "size(customer.traits.l.map(a, context.attributes.l.filter(b, b == a))) > 2",
    "item.category.exists(c, customer.traits.l.exists(a, context.attributes.l.exists(b, b == c)))",
    "customer.traits.l.map(a, customer.traits.l).exists(a, a.exists(b, b == 7))",
  ]
  for (const rule of refused) expect(ruleFault(rule), rule).toContain("only one may go over traits or context")
  const allowed = [
    "!customer.traits.avoid.exists(x, item.category.exists(c, c == x))",
    "item.category.exists(c, customer.traits.likes.exists(x, c == x))",
    "customer.traits.l.exists(a, a == 7) && customer.traits.l.exists(b, b == 8)",
    "customer.traits.l.filter(a, a > 1.0).exists(b, b == 8)",
  ]
  for (const rule of allowed) expect(ruleFault(rule), rule).toBeUndefined()
})

test("a rule stored before that was refused is unknown, and takes no time", () => {
  const many = { l: Array.from({ length: 900 }, (_, n) => n + 10) }
  const levels = "customer.traits.l.exists(a, customer.traits.l.exists(b, customer.traits.l.exists(c, c == 7)))"
  expect(evaluateRule(levels, { ...facts, customer: { ...facts.customer, traits: many } })).toBe("unknown")
})
