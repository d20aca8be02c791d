import { afterAll, beforeAll, expect, test } from "vitest"
import { ruleFault } from "../../src/core/rules/rule.ts"
import { allFacts } from "../../src/core/rules/rule-check.ts"
import { openTestApp } from "../support/test-app.ts"

const shop = await openTestApp()
afterAll(shop.close)

const check = async (rule: string, more: object = {}) =>
  (await shop.ask("POST", "/v1/rules/check", { body: { rule, ...more } })).json

beforeAll(async () => {
  for (const [userId, orders] of [
    ["nobody-yet", 0],
    ["one", 1],
    ["two", 2],
  ] as const) {
    await shop.ask("POST", "/v1/identify", { body: { userId, traits: orders === 2 ? { age: 30 } : { name: userId } } })
    for (let n = 0; n < orders; n++) {
      const properties = { orderId: `${userId}-${n}`, products: [{ product_id: "cream", quantity: 1 }] }
      await shop.ask("POST", "/v1/track", {
        body: { userId, event: "Order Completed", messageId: `${userId}-${n}`, properties },
      })
    }
  }
})

test("counts for how many customers a rule is true, and names the facts it reads", async () => {
  expect(await check("customer.orders >= 1.0")).toMatchObject({
    valid: true,
    error: null,
    warnings: [],
    facts: [{ path: "customer.orders", type: "double" }],
    sample: { customers: 3, true: 2, false: 1, unknown: 0, causes: [] },
  })
})

test("says why it is unknown", async () => {
  const { sample } = await check("customer.traits.age > 18.0")
  expect(sample).toMatchObject({
    true: 1,
    unknown: 2,
    causes: [{ cause: expect.stringContaining("has(customer.traits.age)"), customers: 2 }],
  })
})

test("says why a text is no rule, by name and by type", async () => {
  expect(await check("customer.order > 1.0")).toMatchObject({
    valid: false,
    error: expect.stringContaining("orders"),
    sample: null,
  })
  expect(await check('customer.orders > "two"')).toMatchObject({ valid: false })
  expect(await check("customer.orders")).toMatchObject({ valid: false, error: expect.stringContaining("double") })
})

test("warns of a rule that is never true and of one that excludes everybody", async () => {
  expect((await check("customer.orders > 3.0 && 2.0 >= customer.orders")).warnings).toEqual([
    "it is never true: its bounds of `customer.orders` exclude each other",
    "it excludes all 3 customers that it was tried on",
  ])
  expect((await check("customer.orders > 99.0")).warnings).toEqual(["it excludes all 3 customers that it was tried on"])
  expect((await check("customer.orders >= 1.0 && customer.orders <= 1.0")).warnings).toEqual([])
})

test("reads an item that is named, and refuses one that is unknown", async () => {
  await shop.ask("POST", "/v1/items", { body: { items: [{ id: "cream", title: "Cream", price: 9 }] } })
  await shop.refreshCatalogue()
  expect((await check("item.bought >= 1.0", { itemId: "cream" })).sample).toMatchObject({ true: 2, false: 1 })
  expect((await shop.ask("POST", "/v1/rules/check", { body: { rule: "true", itemId: "no" } })).status).toBe(404)
})

test.each(allFacts())("the example of $path is a rule that reads it", ({ path, example }) => {
  expect(ruleFault(example)).toBeUndefined()
  expect(example).toContain(path)
})
