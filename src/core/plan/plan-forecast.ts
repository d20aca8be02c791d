import type { Catalogue } from "../catalogue/catalogue.ts"
import type { History } from "../history/history.ts"
import { certificateFor } from "../keep/keep.ts"
import { keepForecasts } from "../keep/keep-candidates.ts"
import type { Release } from "../release/release.ts"
import { rebuyProbabilities } from "../repurchase/rebuy.ts"
import { type AutonomyLevel, shipsGoods } from "./plan-gates.ts"
import type { ItemForecast } from "./weigh-customer.ts"

interface ForecastCustomer {
  history: History
  vector: Float32Array | null
  vectorRelease: string | null
}

/** The items a customer might be sent, at most `limit`, with what models say of them. */
type Forecast = (customer: ForecastCustomer, nowMs: number, limit: number) => readonly ItemForecast[]

export interface Forecaster {
  forecast: Forecast
  /** From which P(keep | sent) on a later window shows that a promise is met; `null`: from none, so no goods may leave. */
  cutoff(promise: number): number | null
  /** By how much more than it promises a plan has to expect, since the surest-looking sends are not all as sure as they look. */
  allowance(promise: number): number
}

/** What a release says of sending unasked; `null` for one that has not learnt it. */
export function createForecaster(release: Release, catalogue: Catalogue): Forecaster | null {
  const { keep, rebuy } = release
  if (keep === null) return null
  const certificate = (promise: number) => (keep.basis === "sends" ? certificateFor(keep, promise) : null)
  return {
    forecast({ history, vector, vectorRelease }, nowMs, limit) {
      const question = { history, vector: vectorRelease === release.id ? vector : null, nowMs }
      const forecasts = keepForecasts(question, { release, catalogue, keep }, limit)
      if (rebuy === null) return forecasts.map((one) => ({ ...one, buysAnyway: 0 }))
      const itemIds = forecasts.map(({ itemId }) => itemId)
      const anyway = new Map(
        rebuyProbabilities(history, rebuy, nowMs, itemIds).items.map((one) => [one.itemId, one.probability]),
      )
      return forecasts.map((one) => ({ ...one, buysAnyway: anyway.get(one.itemId)! }))
    },
    cutoff: (promise) => certificate(promise)?.cutoff ?? null,
    allowance: (promise) => certificate(promise)?.allowance ?? 0,
  }
}

/**
 * The least P(keep | sent) at which an autonomy level may be taken: goods leave only where a certificate says that the promise is met, or in a small
 * pilot that somebody asked for.
 */
export function minCertifiedProbability(
  { cutoff }: Forecaster,
  { autonomyLevel, promise, pilot }: { autonomyLevel: AutonomyLevel; promise: number; pilot: boolean },
): number {
  if (!shipsGoods(autonomyLevel) || pilot) return 0
  return cutoff(promise) ?? Number.POSITIVE_INFINITY
}
