import type { Catalogue } from "../catalogue/catalogue.ts"
import type { History } from "../history/history.ts"
import { certificateFor } from "../keep/keep.ts"
import { keepForecasts } from "../keep/keep-candidates.ts"
import type { AutonomyLevel } from "../policy/autonomy-levels.ts"
import { personalPrior } from "../propensity/prior.ts"
import type { Release } from "../release/release.ts"
import { customerRebuy } from "../repurchase/rebuy.ts"
import { shipsGoods } from "./plan-gates.ts"
import type { ItemForecast } from "./weigh-customer.ts"

interface ForecastCustomer {
  customerId: string
  history: History
  vector: Float32Array | null
  vectorRelease: string | null
}

/** Order that items are chosen by before they are weighed: taste, or the margin that suggesting them is expected to earn. */
type ChosenBy = "taste" | "takeUp"

/** Returns at most `limit` items for a customer with their model probabilities; by default those most to their taste. */
type Forecast = (
  customer: ForecastCustomer,
  nowMs: number,
  limit: number,
  chosenBy?: ChosenBy,
) => readonly ItemForecast[]

export interface Forecaster {
  forecast: Forecast
  /** Returns the least P(keep | sent) certified for a promise on a later window; `null`: none, so no goods may leave. */
  cutoff(promise: number): number | null
  /** Returns the margin above the promise that a plan must expect, since the highest predictions are optimistic. */
  allowance(promise: number): number
}

/** Returns the forecaster of a release, or `null` for a release without a keep model. */
export function createForecaster(release: Release, catalogue: Catalogue): Forecaster | null {
  const { keep, rebuy } = release
  if (keep === null) return null
  const certificate = (promise: number) => (keep.basis === "sends" ? certificateFor(keep, promise) : null)
  return {
    forecast({ history, vector, vectorRelease }, nowMs, limit, chosenBy = "taste") {
      const question = { history, vector: vectorRelease === release.id ? vector : null, nowMs }
      const chances = rebuy && customerRebuy(history, rebuy, nowMs)
      const prior = personalPrior(question, release, catalogue.items, chances)
      const takeUpLogOdds = (itemId: string) => {
        if (prior === null) return 0
        const { taste, price } = prior.item([itemId])
        return prior.orders() + taste + price
      }
      const lnEarned = (itemId: string) => {
        const { price = 0, margin = price } = catalogue.items.get(itemId) ?? {}
        return takeUpLogOdds(itemId) + Math.log(Math.max(1e-9, margin))
      }
      const models = { release, catalogue, keep }
      const isChosenByTakeUp = chosenBy === "takeUp" && prior !== null
      const forecasts = keepForecasts(question, models, limit, isChosenByTakeUp ? lnEarned : undefined)
      return forecasts.map((one) => ({
        ...one,
        buysAnyway: chances === null ? 0 : chances.of(one.itemId),
        takeUpLogOdds: takeUpLogOdds(one.itemId),
      }))
    },
    cutoff: (promise) => certificate(promise)?.cutoff ?? null,
    allowance: (promise) => certificate(promise)?.allowance ?? 0,
  }
}

/**
 * Returns the least P(keep | sent) at which an autonomy level may be used: goods leave only where the promise is certified, or in a
 * requested pilot.
 */
export function minCertifiedProbability(
  { cutoff }: Forecaster,
  { autonomyLevel, promise, pilot }: { autonomyLevel: AutonomyLevel; promise: number; pilot: boolean },
): number {
  if (!shipsGoods(autonomyLevel) || pilot) return 0
  return cutoff(promise) ?? Number.POSITIVE_INFINITY
}
