import { afterAll, beforeAll, expect, test } from "vitest"
import { customerArm } from "../../src/actions/customers/customer-arm.ts"
import { createPlanTurns } from "../../src/actions/plans/advance-plans.ts"
import { releaseThatKeeps } from "../support/keep.ts"
import { aCustomer, anItem, optIn } from "../support/plans.ts"
import { openTestApp, type TestApp } from "../support/test-app.ts"

const customers = 40
let shop: TestApp

beforeAll(async () => {
  shop = await openTestApp({
    release: await releaseThatKeeps(["brush"], 0.8),
    environment: { HOLDOUT_SHARE: "0.4" },
  })
  await anItem(shop.services.store, "brush", { price: 20, margin: 8 })
  const opted = { "unasked-parcel": optIn(), marketing: optIn(), service: optIn() }
  for (let n = 0; n < customers; n++) await aCustomer(shop.services.store, `opted-${n}`, opted)
  await shop.refreshCatalogue()
})
afterAll(() => shop.close())

test("a plan removes the universal holdout before it draws its own, and each send carries its customer's arm", async () => {
  const body = { name: "Parcels", freeReturn: true, budgets: { money: 1e6, volume: 100 }, holdoutShare: 0.2 }
  const made = await shop.ask("POST", "/v1/plans", { key: "manage", body })
  await createPlanTurns(shop.services).turn()
  const { json: plan } = await shop.ask("GET", `/v1/plans/${made.json.id}`, { key: "read" })
  const {
    customers: considered,
    exclusions,
    chosen,
    holdout,
  } = plan.summary as {
    customers: number
    exclusions: { reason: string; customers: number }[]
    chosen: { customers: number }
    holdout: { customers: number }
  }
  const ids = await shop.sql("select customer_id as id from profiles")
  const heldOut = ids.filter(({ id }) => customerArm(shop.services, String(id)).name === "holdout").length
  expect(heldOut).toBeGreaterThan(4)
  expect(exclusions.find(({ reason }) => reason === "universalHoldout")).toMatchObject({ customers: heldOut })
  expect(considered).toBe(customers)
  expect(holdout.customers).toBeGreaterThan(0)
  const { json } = await shop.ask("GET", `/v1/sends?plan=${made.json.id}&limit=1000`, { key: "read" })
  const sends = json.sends as { customerId: string; arm: string }[]
  expect(sends.length).toBe(chosen.customers + holdout.customers)
  for (const { customerId, arm } of sends) {
    expect(arm).toBe("standard")
    expect(customerArm(shop.services, customerId).name).toBe("standard")
  }
})
