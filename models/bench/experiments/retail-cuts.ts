import { linearOutcomes } from "../../../src/core/measure/linear-outcomes.ts"
import { treesLogit } from "../../../src/core/repurchase/boosted-trees.ts"
import { dayMs } from "../../../src/core/time/durations.ts"
import type { CustomerEvent } from "../../../src/store/events/event-types.ts"
import { createRandom } from "../../random.ts"
import { fitTrees } from "../../rebuy/fit-trees.ts"
import { customersAt, type RetailCustomer, type Spending, windowMs } from "./retail-customers.ts"
import { clippedAt99, quantile99, varianceCut } from "./variance-cut.ts"

type Name = "repurchase" | "revenue" | "orders"

interface Metric {
  of(spending: Spending): number
  /** The covariates that need no model: the same metric of the 90 days before. */
  before(customer: RetailCustomer): number[]
  total(customer: RetailCustomer): number[]
}

const bought = ({ orders }: Spending) => Number(orders > 0)
const metrics: Readonly<Record<Name, Metric>> = {
  repurchase: {
    of: bought,
    before: ({ before }) => [bought(before), before.orders],
    total: ({ before, total }) => [bought(before), total.orders],
  },
  revenue: {
    of: ({ revenue }) => revenue,
    before: ({ before }) => [before.revenue],
    total: ({ total }) => [total.revenue],
  },
  orders: { of: ({ orders }) => orders, before: ({ before }) => [before.orders], total: ({ total }) => [total.orders] },
}

/** Shares of a metric's variance, at one cut, that covariates take out. */
export interface RetailCut {
  name: Name
  customers: number
  byBefore: number
  byTotal: number
  byPredictions: number
}

/**
 * Measures what predictions add to covariates of the 90 days before: models are fitted to the 90 days before the cut, from what was known
 * at their beginning, and applied to what is known at the cut.
 */
export function measureRetailCut(events: readonly CustomerEvent[], cut: number, seed: number): RetailCut[] {
  const past = customersAt(events, cut - windowMs)
  const now = customersAt(events, cut)
  const columnsOf = (of: (customer: RetailCustomer) => number[]) => {
    const rows = now.map(of)
    return (rows[0] ?? []).map((_, n) => clippedAt99(rows.map((row) => row[n]!)))
  }
  return Object.entries(metrics).map(([name, { of, before, total }]) => {
    const outcome = clippedAt99(now.map(({ after }) => of(after)))
    const target = clippedAt99(past.map(({ after }) => of(after)))
    const models = [fitLinear(past, target), fitBoosted(past, target)]
    const predictions = models.map((predict) => clippedAt99(now.map(predict)))
    const cutBy = (covariates: Float64Array[]) => varianceCut(outcome, covariates, createRandom(seed, cut / dayMs))
    return {
      name: name as Name,
      customers: now.length,
      byBefore: cutBy(columnsOf(before)),
      byTotal: cutBy(columnsOf(total)),
      byPredictions: cutBy([...columnsOf(before), ...predictions]),
    }
  })
}

type Predict = (customer: RetailCustomer) => number

const amounts: readonly ((customer: RetailCustomer) => number)[] = [
  ({ before }) => before.revenue,
  ({ before }) => before.orders,
  ({ total }) => total.revenue,
  ({ total }) => total.orders,
  ({ total }) => total.revenue / total.orders,
]

/** Ridge regression on the features and on amounts as they are, clipped as in the past. */
function fitLinear(past: readonly RetailCustomer[], target: Float64Array): Predict {
  const bounds = amounts.map((amount) => quantile99(past.map(amount)))
  const columnsOf = (customer: RetailCustomer) =>
    Float64Array.of(...customer.features, ...amounts.map((amount, n) => Math.min(bounds[n]!, amount(customer))))
  const choiceOf = (customer: RetailCustomer, reward: number) =>
    ({ customerId: "", options: [0], chosen: 0, reward, columns: columnsOf(customer) }) as const
  type Row = ReturnType<typeof choiceOf>
  const model = linearOutcomes<0, Row>(({ columns }) => columns, 30)(past.map((one, n) => choiceOf(one, target[n]!)))
  return (customer) => model(choiceOf(customer, 0), 0)
}

/** Boosted trees of the outcome's share of its maximum: each customer is an example of 1 and one of 0, weighted by that share. */
function fitBoosted(past: readonly RetailCustomer[], target: Float64Array): Predict {
  const most = target.reduce((max, value) => Math.max(max, value), 0)
  const shares = Array.from(target, (value) => Math.max(0, value) / most)
  const trees = fitTrees(
    {
      width: past[0]!.features.length,
      features: Float32Array.from(past.flatMap(({ features }) => [...features, ...features])),
      target: Uint8Array.from(past.flatMap(() => [1, 0])),
      weight: Float32Array.from(shares.flatMap((share) => [share, 1 - share])),
    },
    { trees: 300, depth: 3, learningRate: 0.03, smoothing: 5, rowShare: 0.7, columnShare: 0.5, seed: 1 },
  )
  return ({ features }) => most / (1 + Math.exp(-treesLogit(trees, Float32Array.from(features))))
}
