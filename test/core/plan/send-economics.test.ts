import fc from "fast-check"
import { expect, test } from "vitest"
import {
  expectedLoss,
  giftValue,
  outlayAtRisk,
  type SendEconomics,
  sendValue,
} from "../../../src/core/plan/send-economics.ts"

const terms: SendEconomics = {
  keep: 0.8,
  buysAnyway: 0.1,
  margin: 10,
  organicMargin: 8,
  outboundCost: 3,
  returnCost: 4,
  lossRate: 0.05,
  unitCost: 12,
  annoyance: 1,
  goodwill: 0.5,
  stockPrice: 2,
}

test("a parcel that is not kept costs its way back, the unit where it never returns, and the annoyance", () =>
  expect(expectedLoss(terms)).toBeCloseTo(0.95 * 4 + 0.05 * 12 + 1, 12))

test("the increment is what keeping earns, less what returning, sending, the unit and the sale that would have come cost", () =>
  expect(sendValue(terms)).toBeCloseTo(
    0.8 * (10 + 0.5) - 0.2 * (0.95 * 4 + 0.05 * 12 + 1) - 3 - 2 * (0.8 + 0.2 * 0.05 - 0.1) - 0.1 * 8,
    12,
  ))

test("what would surely be bought anyway is not worth sending, however surely it is kept", () =>
  expect(sendValue({ ...terms, keep: 1, buysAnyway: 1, goodwill: 0 })).toBeLessThan(0))

test("a gift earns goodwill alone and costs its unit", () =>
  expect(giftValue(terms)).toBeCloseTo(0.8 * 0.5 - 0.2 * 1 - 12 - 3 - 2 * 0.9 - 0.1 * 8, 12))

test("a budget sets aside the dearer of the way back and the unit", () =>
  expect(outlayAtRisk({ outboundCost: 3, returnCost: 4, unitCost: 12 })).toBe(3 + 12))

const share = fc.double({ min: 0, max: 1, noNaN: true })
const money = fc.double({ min: 0, max: 100, noNaN: true })
const anyTerms = fc.record({
  keep: share,
  buysAnyway: share,
  margin: money,
  organicMargin: money,
  outboundCost: money,
  returnCost: money,
  lossRate: share,
  unitCost: money,
  annoyance: money,
  goodwill: money,
  stockPrice: fc.constant(0),
})

test("a send is worth no less the likelier it is kept, and no more the likelier it is bought anyway", () =>
  fc.assert(
    fc.property(anyTerms, share, (some, other) => {
      const [low, high] = [Math.min(some.keep, other), Math.max(some.keep, other)]
      expect(sendValue({ ...some, keep: high })).toBeGreaterThanOrEqual(sendValue({ ...some, keep: low }) - 1e-9)
      expect(sendValue({ ...some, buysAnyway: high })).toBeLessThanOrEqual(
        sendValue({ ...some, buysAnyway: low }) + 1e-9,
      )
    }),
  ))
