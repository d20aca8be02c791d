import { predictLogistic, sigmoid } from "../../src/core/measure/logistic-regression.ts"
import { treesLogit } from "../../src/core/repurchase/boosted-trees.ts"
import type { Rebuy } from "../../src/core/repurchase/rebuy.ts"
import { customerFeatures, pairWidth, writePairFeatures } from "../../src/core/repurchase/rebuy-features.ts"
import { visitsOf } from "../../src/core/repurchase/visits.ts"
import type { Random } from "../random.ts"
import { firstPurchaseExamples } from "./fit-first.ts"
import { type ClusteredForecasts, fitShrunkPlatt } from "./fit-shrunk-platt.ts"
import type { RebuyComponents } from "./rebuy-components.ts"
import type { TrainingSnapshot } from "./training-snapshot.ts"

/** Pairs that the first-purchase component is calibrated on at most. */
const mostFirst = 60_000

/** Maps from the components to what came true in a snapshot they were not learnt from. */
export function calibrateComponents(
  components: RebuyComponents,
  snapshot: TrainingSnapshot,
  random: Random,
): Rebuy["calibrators"] {
  const { orders, again } = forecastsOf(components, snapshot)
  return {
    orders: fitShrunkPlatt(orders),
    again: fitShrunkPlatt(again),
    first: fitShrunkPlatt(firstForecasts(components, snapshot, random)),
  }
}

/** Returns the components' predictions for every customer and every pair bought before, beside the outcomes. */
function forecastsOf(
  { orders, again }: RebuyComponents,
  snapshot: TrainingSnapshot,
): Record<"orders" | "again", ClusteredForecasts> {
  const { histories, outcomes, horizonMs, cut } = snapshot
  const forecasts = { orders: noForecasts(), again: noForecasts() }
  const row = new Float32Array(pairWidth)
  histories.forEach(({ items }, index) => {
    const visits = visitsOf({ items })
    if (visits.times.length === 0) return
    const { ordered, bought } = outcomes[index]!
    const customer = customerFeatures(visits, horizonMs, cut)
    const probability = sigmoid(treesLogit(orders, customer))
    add(forecasts.orders, index, probability, ordered)
    for (const itemId in items) {
      const item = items[itemId]!
      if (item.purchaseTimes.length === 0) continue
      writePairFeatures({ customer, visits, item, itemId }, snapshot, cut, row, 0)
      add(forecasts.again, index, probability * sigmoid(treesLogit(again, row)), bought.has(itemId))
    }
  })
  return forecasts
}

const noForecasts = (): ClusteredForecasts => ({ predicted: [], observed: [], customer: [] })

function add(
  { predicted, observed, customer }: ClusteredForecasts,
  index: number,
  probability: number,
  came: boolean,
): void {
  predicted.push(probability)
  observed.push(came ? 1 : 0)
  customer.push(index)
}

/** Returns forecasts of P(buys for the first time | orders), among customers who ordered. */
function firstForecasts({ first }: RebuyComponents, snapshot: TrainingSnapshot, random: Random): ClusteredForecasts {
  const { columns, target, weight, customer } = firstPurchaseExamples([snapshot], mostFirst, random)
  const weights = { intercept: first[0]!, coefficients: first.subarray(1) }
  return {
    predicted: Array.from(target, (_, row) => predictLogistic(weights, columns, row)),
    observed: [...target],
    customer,
    weight,
  }
}
