import { drizzle } from "drizzle-orm/postgres-js"
import postgres from "postgres"
import { expect, test } from "vitest"
import { planSchema } from "../../src/core/plan/plan-schema.ts"
import { planRequestSchema } from "../../src/core/policy/plan-request.ts"
import { scheduledPlanSchema } from "../../src/core/policy/scheduled-plan.ts"
import { newId } from "../../src/start/new-id.ts"
import { migrate } from "../../src/store/database/migrate.ts"
import { createPlanStore } from "../../src/store/plans/plans.ts"
import { createSendStore } from "../../src/store/sends/sends.ts"
import { createDatabaseAfter } from "../support/old-database.ts"

const oldRequest = {
  name: "Autumn",
  rung: "suggest",
  who: "customer.orders > 0.0",
  budgets: { money: 100, volume: 10 },
  promise: 0.7,
  floor: 0.6,
  costs: { takeUp: 0.2, contact: 0.01 },
  reservedDays: 3,
  withheldShare: 0.2,
}
const newRequest = {
  name: "Autumn",
  autonomyLevel: "suggest",
  audience: "customer.orders > 0.0",
  budgets: { money: 100, volume: 10 },
  promise: 0.7,
  minKeepProbability: 0.6,
  costs: { takeUpRate: 0.2, contact: 0.01 },
  reservationDays: 3,
  holdoutShare: 0.2,
}
const oldSummary = {
  customers: 9,
  eligible: 4,
  candidates: 4,
  leftOut: [
    { by: "openMatter", customers: 3, candidates: 0 },
    { by: "who", customers: 2, candidates: 0 },
    { by: "floor", customers: 1, candidates: 8 },
    { by: "consent", customers: 1, candidates: 0 },
  ],
  chosen: { sends: 3, customers: 3, expectedKept: 0.8, worth: 7.5, money: 12 },
  withheld: { sends: 1, customers: 1 },
  prices: { money: 0.1, volume: 2, promise: 0, stock: [{ itemId: "a", price: 1 }] },
  curve: [{ sends: 4, keptShare: 0.8, worth: 9 }],
  segments: [{ segment: "new", sends: 3, expectedKept: 0.8 }],
  notes: ["a note"],
  seconds: 1,
}
const read = { sends: 2, customers: 2, expected: 0.8, realised: 0.5, lower: 0.1, halted: false }
const oldReadings = {
  at: "2026-01-01T00:00:00.000Z",
  states: { kept: 1, lost: 1 },
  plan: read,
  segments: [{ segment: "new", ...read }],
  calibration: [{ expected: 0.8, realised: 0.5, sends: 2 }],
  increment: { sent: 3, withheld: 1, perCustomer: null, low: null, high: null, expected: 2, verdict: "tooFew" },
  haltWatchSince: null,
}

test("plans, sends and scheduled plans of version 0.1 are read with the words of 0.2", async () => {
  const client = postgres(await createDatabaseAfter(19), { max: 2, onnotice: () => {} })
  const [planId, bareId, sendId, customerId] = [newId(), newId(), newId(), newId()]
  await client`insert into plans (id, name, status, request, findings, readings, created_at) values
    (${planId}, 'Autumn', 'running', ${client.json(oldRequest)}, ${client.json(oldSummary)}, ${client.json(oldReadings)}, now()),
    (${bareId}, 'Bare', 'planning', ${client.json({ name: "Bare", budgets: { money: 1, volume: 1 } })}, null, null, now())`
  await client`insert into sends (customer_id, id, plan_id, item_id, rung, state, withheld, segment, p, b, delta, money, gift, times, created_at)
    values (${customerId}, ${sendId}, ${planId}, 'a', 'suggest', 'proposed', true, 'new', 0.8, 0.1, 2.5, 4, false, '{"proposed": 1}', now())`
  const scheduledPlans = [{ id: "weekly", schedule: { every: "week" }, freshHours: 12, plan: oldRequest }]
  await client`insert into policies values
    ('hero', 1, 'hero-1', ${client.json({ scheduledPlans })}, now()), ('plain', 1, 'plain-1', '{}', now())`

  await migrate(drizzle(client))
  const database = drizzle(client) as never
  const plans = createPlanStore(database)
  const plan = (await plans.read(planId))!
  expect(plan.request).toEqual(newRequest)
  expect(plan.summary).toEqual({
    customers: 9,
    eligible: 4,
    candidates: 4,
    exclusions: [
      { reason: "openCase", customers: 3, candidates: 0 },
      { reason: "audience", customers: 2, candidates: 0 },
      { reason: "minKeepProbability", customers: 1, candidates: 8 },
      { reason: "consent", customers: 1, candidates: 0 },
    ],
    chosen: { sends: 3, customers: 3, expectedKeptShare: 0.8, expectedValue: 7.5, moneyAtRisk: 12 },
    holdout: { sends: 1, customers: 1 },
    dualPrices: oldSummary.prices,
    curve: [{ sends: 4, keptShare: 0.8, expectedValue: 9 }],
    segments: [{ segment: "new", sends: 3, expectedKeptShare: 0.8 }],
    notes: ["a note"],
    seconds: 1,
  })
  const monitored = { sends: 2, customers: 2, expectedKeptShare: 0.8, keptShare: 0.5, lowerBound: 0.1, halted: false }
  const { sent, perCustomer, low, high, expected } = oldReadings.increment
  expect(plan.monitoring).toEqual({
    at: oldReadings.at,
    states: oldReadings.states,
    plan: monitored,
    segments: [{ segment: "new", ...monitored }],
    calibration: [{ predicted: 0.8, observed: 0.5, sends: 2 }],
    increment: { sent, holdout: 1, perCustomer, low, high, expected, verdict: "insufficientData" },
    haltMonitorSince: null,
  })
  expect(planSchema.shape.summary.safeParse(plan.summary).error).toBeUndefined()
  expect(planSchema.shape.monitoring.safeParse(plan.monitoring).error).toBeUndefined()
  expect(planRequestSchema.safeParse(plan.request).error).toBeUndefined()
  expect(await plans.read(bareId)).toMatchObject({
    request: { name: "Bare", budgets: { money: 1, volume: 1 } },
    summary: null,
    monitoring: null,
  })
  expect(await createSendStore(database).read(sendId)).toMatchObject({
    autonomyLevel: "suggest",
    inHoldout: true,
    keepProbability: 0.8,
    organicProbability: 0.1,
    expectedValue: 2.5,
  })
  const policies = await client`select placement, policy from policies order by placement`
  const [scheduled] = policies[0]!.policy.scheduledPlans
  expect(scheduled).toEqual({ id: "weekly", schedule: { every: "week" }, maxAgeHours: 12, plan: newRequest })
  expect(scheduledPlanSchema.shape.plan.safeParse(scheduled.plan).error).toBeUndefined()
  expect(policies[1]!.policy).toEqual({})
  await client.end()
})
