import { type CooperativeTask, runAtOnce } from "../time/cooperative-task.ts"
import { repairGreedily } from "./greedy-repair.ts"
import { createDualProblem, type DualPrices, type DualProblem } from "./lagrangian-dual.ts"
import type { SendCandidates, SendLimits } from "./send-problem.ts"

export interface SendPlan {
  /** The chosen candidates, ascending. */
  rows: Int32Array
  /** ΣΔ. */
  value: number
  money: number
  /** Expected; NaN for a plan without sends. */
  keptShare: number
  /** Marginal increase of ΣΔ per unit of each limit; `promise`: per send exempt from the promise. */
  prices: DualPrices
  /** Upper bound of ΣΔ within the limits. */
  upperBound: number
  /** (upperBound − value) / upperBound; 0 where nothing is worth sending. */
  gap: number
  /** Rows left out before any choice: worth nothing, or below the floor. */
  leftOut: { value: number; floor: number }
}

export interface OptimizeOptions {
  /** Passes over the candidates at most. */
  passes?: number
  onProgress?: (progress: { pass: number; passes: number; upperBound: number }) => void
}

/** Chooses the sends with the greatest ΣΔ within the limits. */
export const optimizePlan = (candidates: SendCandidates, limits: SendLimits, options?: OptimizeOptions): SendPlan =>
  runAtOnce(optimizePlanInSteps(candidates, limits, options))

/**
 * Chooses sends as a cooperative task. Lagrangian relaxation (Geoffrion 1974; Fisher 1981): prices on money, volume, each item's stock and the promise, under
 * which every customer takes what is worth most to them; prices are sought that make demand meet the limits, each by steps that grow
 * while its excess keeps its sign and halve when it turns (Riedmiller and Braun 1993). What the best prices leave unfeasible is repaired greedily.
 */
export function* optimizePlanInSteps(
  candidates: SendCandidates,
  limits: SendLimits,
  { passes = 120, onProgress }: OptimizeOptions = {},
): CooperativeTask<SendPlan> {
  const choice = yield* createDualProblem(candidates, limits)
  const search = createSearch(choice, limits)
  let best: { prices: DualPrices; bound: number } = { prices: search.prices(), bound: Number.POSITIVE_INFINITY }
  let sinceBetter = 0
  for (let pass = 1; pass <= passes && sinceBetter < patience; pass++) {
    const prices = search.prices()
    const demand = yield* choice.demandAt(prices)
    const isBetter = demand.bound < best.bound
    sinceBetter = isBetter && demand.bound < best.bound * (1 - 1e-6) ? 0 : sinceBetter + 1
    if (isBetter) best = { prices, bound: demand.bound }
    onProgress?.({ pass, passes, upperBound: best.bound })
    if (!search.step(demand)) break
  }
  const rows = yield* repairGreedily(choice, best.prices, limits)
  return planOf(candidates, rows, best, choice.leftOut)
}

const patience = 25

function planOf(
  { value, keep, money }: SendCandidates,
  rows: Int32Array,
  { prices, bound }: { prices: DualPrices; bound: number },
  leftOut: SendPlan["leftOut"],
): SendPlan {
  const total = (column: Float64Array) => rows.reduce((sum, row) => sum + column[row]!, 0)
  const reached = total(value)
  const upperBound = Math.max(bound, reached)
  return {
    rows,
    value: reached,
    money: total(money),
    keptShare: rows.length === 0 ? Number.NaN : total(keep) / rows.length,
    prices,
    upperBound,
    gap: upperBound > 0 ? (upperBound - reached) / upperBound : 0,
    leftOut,
  }
}

interface Demand {
  money: number
  volume: number
  /** Σ(keep − promise). */
  slack: number
  stock: Float64Array
}

/** Moves each price by its own step; `step` returns whether any step is still above the tolerance. */
function createSearch(choice: DualProblem, limits: SendLimits) {
  const { typicalValue, typicalMoney, scarce } = choice
  const price = Float64Array.of(0, 0, 0, ...scarce.map(() => 0))
  const units = Float64Array.of(
    typicalValue / typicalMoney,
    typicalValue,
    typicalValue / 0.1,
    ...scarce.map(() => typicalValue),
  )
  const steps = units.map((unit) => unit / 8)
  const signs = new Int8Array(price.length)
  const isBound = [
    Number.isFinite(limits.money),
    Number.isFinite(limits.volume),
    true,
    ...Array.from(scarce, () => true),
  ]
  return {
    prices(): DualPrices {
      const stock = new Float64Array(limits.stock.length)
      scarce.forEach((item, n) => {
        stock[item] = price[3 + n]!
      })
      return { money: price[0]!, volume: price[1]!, promise: price[2]!, stock }
    },
    step({ money, volume, slack, stock }: Demand): boolean {
      const excess = [
        money - limits.money,
        volume - limits.volume,
        -slack,
        ...scarce.map((item) => stock[item]! - limits.stock[item]!),
      ]
      let moves = false
      for (let n = 0; n < price.length; n++) {
        if (!isBound[n]) continue
        const sign = Math.sign(excess[n]!)
        if (sign === 0 || (sign < 0 && price[n] === 0)) {
          signs[n] = 0
          continue
        }
        const turned = sign !== signs[n] && signs[n] !== 0
        steps[n]! *= turned ? 0.5 : signs[n] === 0 ? 1 : 1.3
        signs[n] = sign
        price[n] = Math.max(0, price[n]! + sign * steps[n]!)
        if (steps[n]! > 1e-5 * units[n]!) moves = true
      }
      return moves
    },
  }
}
