import fc from "fast-check"
import { expect, test } from "vitest"
import { createRandom } from "../../../models/random.ts"
import { optimizePlan, optimizePlanInSteps, type SendPlan } from "../../../src/core/plan/optimize-plan.ts"
import type { SendCandidates, SendLimits } from "../../../src/core/plan/send-problem.ts"

interface Size {
  customers: number
  each: number
  items: number
  seed: number
}

function candidatesOf({ customers, each, items, seed }: Size): SendCandidates {
  const random = createRandom(seed, 0x706c616e)
  const count = customers * each
  const keep = Float64Array.from({ length: count }, () => 0.4 + 0.6 * random())
  return {
    offsets: Int32Array.from({ length: customers + 1 }, (_, n) => n * each),
    item: Int32Array.from({ length: count }, (_, row) => {
      const customer = Math.floor(row / each)
      return (customer * 7 + (row % each)) % items
    }),
    keep,
    value: keep.map((p) => 8 * p - 4 + 3 * random() - 2),
    money: Float64Array.from({ length: count }, () => 2 + 8 * random()),
  }
}

const unlimited = (items: number): SendLimits => ({
  money: Number.POSITIVE_INFINITY,
  volume: Number.POSITIVE_INFINITY,
  stock: new Float64Array(items).fill(Number.POSITIVE_INFINITY),
  contacts: 1,
  promise: 0,
  floor: 0,
})

const customerOf = ({ offsets }: SendCandidates, row: number) => offsets.findLastIndex((offset) => offset <= row)

function expectWithin(plan: SendPlan, candidates: SendCandidates, limits: SendLimits): void {
  const counts = (of: (row: number) => number) => {
    const found = new Map<number, number>()
    for (const row of plan.rows) found.set(of(row), (found.get(of(row)) ?? 0) + 1)
    return found
  }
  expect(new Set(plan.rows).size).toBe(plan.rows.length)
  expect(plan.rows.length).toBeLessThanOrEqual(limits.volume)
  expect(plan.money).toBeLessThanOrEqual(limits.money + 1e-6)
  for (const [item, sends] of counts((row) => candidates.item[row]!))
    expect(sends).toBeLessThanOrEqual(limits.stock[item]!)
  for (const sends of counts((row) => customerOf(candidates, row)).values())
    expect(sends).toBeLessThanOrEqual(limits.contacts as number)
  for (const row of plan.rows) {
    expect(candidates.keep[row]!).toBeGreaterThanOrEqual(limits.floor)
    expect(candidates.value[row]!).toBeGreaterThan(0)
  }
  if (plan.rows.length > 0) expect(plan.keptShare).toBeGreaterThanOrEqual(limits.promise - 1e-9)
  expect(plan.value).toBeLessThanOrEqual(plan.upperBound + 1e-6)
}

const anyPlan = fc.record({
  size: fc.record({
    customers: fc.integer({ min: 1, max: 60 }),
    each: fc.integer({ min: 1, max: 6 }),
    items: fc.integer({ min: 6, max: 20 }),
    seed: fc.nat(1000),
  }),
  money: fc.integer({ min: 0, max: 300 }),
  volume: fc.integer({ min: 0, max: 40 }),
  stock: fc.integer({ min: 0, max: 5 }),
  contacts: fc.integer({ min: 0, max: 3 }),
  promise: fc.double({ min: 0.5, max: 0.98, noNaN: true }),
})

test("no budget, stock, contact limit, floor or promise is ever exceeded", () =>
  fc.assert(
    fc.property(anyPlan, ({ size, stock, ...rest }) => {
      const candidates = candidatesOf(size)
      const limits = { ...rest, stock: new Float64Array(size.items).fill(stock), floor: 0.55 }
      expectWithin(optimizePlan(candidates, limits), candidates, limits)
    }),
    { seed: 5 },
  ))

test("more of any limit never makes what could be reached less, and what is reached is within the gap of it", () =>
  fc.assert(
    fc.property(anyPlan, fc.constantFrom("money", "volume", "stock", "contacts"), ({ size, stock, ...rest }, limit) => {
      const candidates = candidatesOf(size)
      const limits = { ...rest, stock: new Float64Array(size.items).fill(stock), floor: 0.55 }
      const more = {
        ...limits,
        ...(limit === "stock" ? { stock: limits.stock.map((units) => units + 2) } : { [limit]: 2 * limits[limit] + 1 }),
      }
      const [less, later] = [optimizePlan(candidates, limits), optimizePlan(candidates, more)]
      expect(later.upperBound).toBeGreaterThanOrEqual(less.value - 1e-9)
      expect(later.value).toBeGreaterThanOrEqual(less.value * (1 - later.gap) - 1e-9)
    }),
    { seed: 6 },
  ))

test("with money and volume alone as limits, twice as much brings at least as much", () => {
  const candidates = candidatesOf({ customers: 400, each: 5, items: 20, seed: 3 })
  const values = [50, 100, 200, 400, 800, 1600].map(
    (money) => optimizePlan(candidates, { ...unlimited(20), money }).value,
  )
  expect(values).toEqual([...values].sort((a, b) => a - b))
})

test("without limits every customer gets what is worth most, and nothing has a price", () => {
  const candidates = candidatesOf({ customers: 50, each: 4, items: 10, seed: 1 })
  const plan = optimizePlan(candidates, unlimited(10))
  const best = Array.from({ length: 50 }, (_, customer) =>
    Math.max(0, ...candidates.value.subarray(customer * 4, customer * 4 + 4)),
  )
  expect(plan.value).toBeCloseTo(
    best.reduce((sum, value) => sum + value, 0),
    9,
  )
  expect(plan.gap).toBeCloseTo(0, 12)
  expect(plan.prices).toMatchObject({ money: 0, volume: 0, promise: 0 })
})

test("where a hundred sends may be made of a thousand that are worth sending, the best hundred are, and the hundred and first is the price", () => {
  const value = Float64Array.from({ length: 1000 }, (_, n) => (n + 1) / 100)
  const candidates = {
    offsets: Int32Array.from({ length: 1001 }, (_, n) => n),
    item: new Int32Array(1000),
    value,
    keep: new Float64Array(1000).fill(0.9),
    money: new Float64Array(1000).fill(1),
  }
  const plan = optimizePlan(candidates, { ...unlimited(1), volume: 100 })
  expect(Array.from(plan.rows)).toEqual(Array.from({ length: 100 }, (_, n) => 900 + n))
  expect(plan.prices.volume).toBeGreaterThan(8.7)
  expect(plan.prices.volume).toBeLessThan(9.3)
  expect(optimizePlan(candidates, { ...unlimited(1), stock: [100] }).prices.stock[0]).toBeGreaterThan(8.7)
})

test("a promise that costs something has a price, and the sends below it are paid for by others above", () => {
  const candidates = candidatesOf({ customers: 500, each: 4, items: 20, seed: 9 })
  const free = optimizePlan(candidates, unlimited(20))
  const bound = optimizePlan(candidates, { ...unlimited(20), promise: free.keptShare + 0.03 })
  expect(bound.keptShare).toBeGreaterThanOrEqual(free.keptShare + 0.03 - 1e-9)
  expect(bound.prices.promise).toBeGreaterThan(0)
  expect(bound.value).toBeLessThan(free.value)
  expect(bound.gap).toBeLessThan(0.02)
})

test("with every kind of limit at work the plan is within a percent of its bound", () => {
  const size = { customers: 3000, each: 10, items: 60, seed: 4 }
  const limits = {
    money: 4000,
    volume: 900,
    stock: new Float64Array(60).fill(18),
    contacts: 2,
    promise: 0.85,
    floor: 0.6,
  }
  const candidates = candidatesOf(size)
  const plan = optimizePlan(candidates, limits)
  expectWithin(plan, candidates, limits)
  expect(plan.gap).toBeLessThan(0.01)
})

test("choosing can be left and gone on with between its steps, and tells how far it is", () => {
  const candidates = candidatesOf({ customers: 20_000, each: 3, items: 20, seed: 2 })
  const seen: number[] = []
  const steps = optimizePlanInSteps(
    candidates,
    { ...unlimited(20), volume: 500 },
    { onProgress: ({ pass }) => seen.push(pass) },
  )
  let rests = 0
  let step = steps.next()
  for (; !step.done; step = steps.next()) rests++
  expect(step.value.rows.length).toBe(500)
  expect(rests).toBeGreaterThan(seen.length)
  expect(seen[0]).toBe(1)
})
