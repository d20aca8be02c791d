import fc from "fast-check"
import { expect, test } from "vitest"
import { chooseRebuys, type RebuyPair } from "../../../src/core/repurchase/choose-rebuys.ts"

const pair = (customerId: string, itemId: string, probability: number): RebuyPair => ({
  customerId,
  itemId,
  probability,
})
const pairs = [pair("u", "a", 0.9), pair("u", "b", 0.8), pair("u", "c", 0.6), pair("v", "a", 0.5), pair("v", "b", 0.2)]

test("the marginal pair may lie below the promise while the average keeps it", () => {
  expect(chooseRebuys(pairs, { promise: 0.7 })).toEqual(pairs.slice(0, 4))
  expect((0.9 + 0.8 + 0.6 + 0.5) / 4).toBeCloseTo(0.7)
})

test("a customer's pairs beyond the limit make room for those of others", () => {
  expect(chooseRebuys(pairs, { promise: 0.7, mostPerCustomer: 1 })).toEqual([pairs[0], pairs[3]])
})

test("nothing is chosen where the best pair is below the promise", () => {
  expect(chooseRebuys([pair("u", "a", 0.69)], { promise: 0.7 })).toEqual([])
})

const anyPairs = fc.array(
  fc
    .tuple(fc.constantFrom("u", "v", "w"), fc.string(), fc.double({ min: 0, max: 1, noNaN: true }))
    .map(([customerId, itemId, probability]) => pair(customerId, itemId, probability)),
)

test("the expected share of what is chosen keeps the promise, whatever the order of the pairs", () => {
  fc.assert(
    fc.property(anyPairs, fc.double({ min: 0.1, max: 0.9, noNaN: true }), (given, promise) => {
      const chosen = chooseRebuys(given, { promise, mostPerCustomer: 2 })
      const expected = chosen.reduce((sum, { probability }) => sum + probability, 0)
      expect(expected).toBeGreaterThanOrEqual(promise * chosen.length - 1e-9)
      const reversed = chooseRebuys([...given].reverse(), { promise, mostPerCustomer: 2 })
      expect(reversed.map(({ probability }) => probability)).toEqual(chosen.map(({ probability }) => probability))
    }),
  )
})
