import type { RebuyPair } from "../../../src/core/repurchase/choose-rebuys.ts"
import { createRandom } from "../../random.ts"

/** A pair with its outcome. */
export interface LabelledPair extends RebuyPair {
  /** Bought within the horizon, net of returns. */
  bought: boolean
  /** The unit of the bootstrap; the same customer at another cut is the same unit. */
  customerId: string
}

export interface Share {
  pairs: number
  customers: number
  expected: number
  rebuyShare: number
  /** One-sided 95 %, by bootstrap over customers. */
  lower95: number
}

const draws = 2000

/** Returns the expected and the realised share of chosen pairs. */
export function shareOf(pairs: readonly LabelledPair[]): Share {
  const units = unitsOf(pairs)
  return {
    pairs: pairs.length,
    customers: units.length,
    expected: mean(pairs.map(({ probability }) => probability)),
    rebuyShare: mean(pairs.map(({ bought }) => (bought ? 1 : 0))),
    lower95: lowerBound(units),
  }
}

/** Returns the share of all pairs that belong to the `customers` with the most pairs. */
export function topShare(pairs: readonly LabelledPair[], customers: number): number {
  const counts = unitsOf(pairs).map(({ pairs: count }) => count)
  counts.sort((a, b) => b - a)
  return counts.slice(0, customers).reduce((sum, count) => sum + count, 0) / Math.max(1, pairs.length)
}

interface Unit {
  pairs: number
  bought: number
}

function unitsOf(pairs: readonly LabelledPair[]): Unit[] {
  const units = new Map<string, Unit>()
  for (const { customerId, bought } of pairs) {
    const unit = units.get(customerId) ?? { pairs: 0, bought: 0 }
    units.set(customerId, { pairs: unit.pairs + 1, bought: unit.bought + (bought ? 1 : 0) })
  }
  return [...units.values()]
}

/** Returns the 5th percentile of the share over customers drawn with replacement (Efron 1979). */
function lowerBound(units: readonly Unit[]): number {
  if (units.length === 0) return Number.NaN
  const random = createRandom(1979)
  const shares = Float64Array.from({ length: draws }, () => {
    let [pairs, bought] = [0, 0]
    for (let n = 0; n < units.length; n++) {
      const unit = units[Math.floor(random() * units.length)]!
      pairs += unit.pairs
      bought += unit.bought
    }
    return bought / pairs
  }).sort()
  return shares[Math.floor(draws * 0.05)]!
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length
