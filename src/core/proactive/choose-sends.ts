import { finish, type Steps } from "../preference/steps.ts"
import { fillGreedily } from "./fill-greedily.ts"
import { createPricedChoice, type PricedChoice, type Prices } from "./priced-choice.ts"

/** Who could be sent what, in columns: rows of customer `c` are `offsets[c]` to `offsets[c + 1]`. */
export interface SendCandidates {
  /** customers + 1, ascending from 0. */
  offsets: Int32Array
  /** Indexes into `SendLimits.stock`; no item twice for one customer. */
  item: Int32Array
  /** Δ of a send, in money. */
  value: Float64Array
  /** P(keep | sent). */
  keep: Float64Array
  /** What a send takes out of the money budget. */
  money: Float64Array
}

/** `Infinity`: no limit. */
export interface SendLimits {
  money: number
  volume: number
  /** Units an item. */
  stock: ArrayLike<number>
  /** Sends a customer may get, for all or one value a customer. */
  contacts: number | ArrayLike<number>
  /** The least expected kept share of all sends together … */
  promise: number
  /** … and the least P(keep | sent) of each. */
  floor: number
}

export interface SendPlan {
  /** The chosen candidates, ascending. */
  rows: Int32Array
  /** ΣΔ. */
  value: number
  money: number
  /** Expected; NaN for a plan without sends. */
  keptShare: number
  /** What one more unit of each limit is worth in ΣΔ, at the margin; `promise` per send whose keeping need not be expected. */
  prices: Prices
  /** No plan within the limits is worth more. */
  upperBound: number
  /** (upperBound − value) / upperBound; 0 where nothing is worth sending. */
  gap: number
  /** Rows left out before any choice: worth nothing, or below the floor. */
  leftOut: { value: number; floor: number }
}

export interface ChoosingOptions {
  /** Passes over the candidates at most. */
  passes?: number
  onProgress?: (progress: { pass: number; passes: number; upperBound: number }) => void
}

/** Chooses the sends of greatest ΣΔ within the limits. */
export const chooseSends = (candidates: SendCandidates, limits: SendLimits, options?: ChoosingOptions): SendPlan =>
  finish(choosingSends(candidates, limits, options))

/**
 * The same in steps. Lagrangian relaxation (Geoffrion 1974; Fisher 1981): prices on money, volume, each item's stock and the promise, under
 * which every customer takes what is worth most to them; prices rise where demand exceeds a limit and fall where it does not, by ever shorter
 * steps, and the least bound stands. What its prices leave unfeasible is repaired greedily.
 */
export function* choosingSends(
  candidates: SendCandidates,
  limits: SendLimits,
  { passes = 150, onProgress }: ChoosingOptions = {},
): Steps<SendPlan> {
  const choice = yield* createPricedChoice(candidates, limits)
  const search = createSearch(choice, limits)
  let best: { prices: Prices; bound: number } = { prices: search.prices(), bound: Number.POSITIVE_INFINITY }
  let sinceBetter = 0
  for (let pass = 1; pass <= passes && sinceBetter < patience; pass++) {
    const prices = search.prices()
    const demand = yield* choice.demandAt(prices)
    const isBetter = demand.bound < best.bound
    sinceBetter = isBetter && demand.bound < best.bound * (1 - 1e-5) ? 0 : sinceBetter + 1
    if (isBetter) best = { prices, bound: demand.bound }
    onProgress?.({ pass, passes, upperBound: best.bound })
    if (!search.step(demand)) break
  }
  const rows = yield* fillGreedily(choice, best.prices, limits)
  return planOf(candidates, rows, best, choice.leftOut)
}

const patience = 60

function planOf(
  { value, keep, money }: SendCandidates,
  rows: Int32Array,
  { prices, bound }: { prices: Prices; bound: number },
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

/** Moves each price by its limit's relative excess, by ever shorter steps; `step` says whether any moved. */
function createSearch({ typicalValue, typicalMoney, scarce }: PricedChoice, limits: SendLimits) {
  const prices = { money: 0, volume: 0, promise: 0, stock: new Float64Array(limits.stock.length) }
  let passed = 0
  return {
    prices: (): Prices => ({ ...prices, stock: prices.stock.slice() }),
    step({ money, volume, slack, stock }: Demand): boolean {
      const before = { ...prices, stock: prices.stock.slice() }
      passed++
      const length = firstStep / Math.sqrt(passed) / Math.sqrt(Math.max(1, passed / shortenFrom))
      const moved = (price: number, unit: number, excess: number) =>
        Number.isNaN(excess) ? price : Math.max(0, price + length * unit * Math.max(-1, Math.min(1, excess)))
      prices.money = moved(prices.money, typicalValue / typicalMoney, relative(money, limits.money))
      prices.volume = moved(prices.volume, typicalValue, relative(volume, limits.volume))
      prices.promise = moved(prices.promise, typicalValue / typicalSlack, -slack / (typicalSlack * Math.max(1, volume)))
      for (const item of scarce)
        prices.stock[item] = moved(prices.stock[item]!, typicalValue, relative(stock[item]!, limits.stock[item]!))
      return (
        prices.money !== before.money ||
        prices.volume !== before.volume ||
        prices.promise !== before.promise ||
        scarce.some((item) => prices.stock[item] !== before.stock[item])
      )
    },
  }
}

/** Steps are this many typical values, falling with the root of the passes and soon with the passes themselves. */
const firstStep = 3
const shortenFrom = 10
/** How far from the promise a send typically lies. */
const typicalSlack = 0.1

/** NaN where there is no limit. */
const relative = (demanded: number, limit: number) =>
  Number.isFinite(limit) ? (demanded - limit) / Math.max(limit, Number.MIN_VALUE) : Number.NaN
