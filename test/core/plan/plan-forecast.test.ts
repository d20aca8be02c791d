import { expect, test } from "vitest"
import { emptyHistory } from "../../../src/core/history/history.ts"
import { createForecaster, minCertifiedProbability } from "../../../src/core/plan/plan-forecast.ts"
import { releaseThatKeeps } from "../../support/keep.ts"
import { noon } from "../../support/release.ts"

const itemIds = ["brush", "paint", "paper"]
const catalogue = {
  version: 1,
  items: new Map(itemIds.map((id) => [id, { id, title: id, price: 20 }])),
  offers: new Map(),
}
const nobody = { customerId: "nobody", history: emptyHistory, vector: null, vectorRelease: null }
const parcel = { autonomyLevel: "parcel", promise: 0.7, pilot: false } as const

test("a release without a keep model forecasts nothing", async () => {
  const release = await releaseThatKeeps(itemIds, 0.8)
  expect(createForecaster({ ...release, keep: null }, catalogue)).toBeNull()
})

test("a forecast names at most as many available items as asked for, with the model's probability", async () => {
  const { forecast } = createForecaster(await releaseThatKeeps(itemIds, 0.8), catalogue)!
  const forecasts = forecast(nobody, noon, 2)
  expect(forecasts).toHaveLength(2)
  for (const { itemId, keep, buysAnyway, takeUpLogOdds } of forecasts) {
    expect(itemIds).toContain(itemId)
    expect(keep).toBeCloseTo(0.8)
    expect(buysAnyway).toBe(0)
    expect(takeUpLogOdds).toBe(0)
  }
})

test("goods leave from the certified cut-off on, everything else from 0 on", async () => {
  const forecaster = createForecaster(await releaseThatKeeps(itemIds, 0.8), catalogue)!
  expect(minCertifiedProbability(forecaster, parcel)).toBe(0.6)
  expect(minCertifiedProbability(forecaster, { ...parcel, promise: 0.6 })).toBe(0.6)
  expect(minCertifiedProbability(forecaster, { ...parcel, promise: 0.8 })).toBe(Number.POSITIVE_INFINITY)
  expect(minCertifiedProbability(forecaster, { ...parcel, promise: 0.8, pilot: true })).toBe(0)
  expect(minCertifiedProbability(forecaster, { ...parcel, promise: 0.8, autonomyLevel: "basket" })).toBe(0)
})

test("a model learnt from purchases certifies nothing", async () => {
  const release = await releaseThatKeeps(itemIds, 0.8, { basis: "purchases" })
  const forecaster = createForecaster(release, catalogue)!
  expect([forecaster.cutoff(0.7), forecaster.allowance(0.7)]).toEqual([null, 0])
})
