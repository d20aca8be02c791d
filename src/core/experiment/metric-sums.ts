import { adjustmentGroups } from "./cuped.ts"
import { type ExperimentDraft, type ExperimentMetric, kindOf } from "./experiment-schema.ts"
import { addRow, type Moments, noMoments } from "./moments.ts"

/** Events of one kind in a span. */
export interface EventSum {
  events: number
  /** Money. */
  value: number
}

/** Events of one customer that a metric counts, before their first exposure and in the window after it. */
export interface CustomerOutcome {
  arm: string
  /** A uniform number in [0, 1) of the customer's own, by which covariates are cross-fitted. */
  uniform: number
  before: EventSum
  after: EventSum
  /** Of the event that divides, in the window. */
  per: EventSum
  /** P(orders within the horizon) when first exposed; null: not known. */
  orders: number | null
}

/** Sums of a metric over the customers of each arm. */
export interface MetricSums {
  metric: ExperimentMetric
  arms: Map<string, { events: number; groups: Moments[] }>
}

const covariates = 4
const widthOf = (metric: ExperimentMetric) => (kindOf(metric) === "ratio" ? 2 : 1 + covariates)

/** Returns the sums of nobody. */
export const noSums = (metric: ExperimentMetric, { arms }: Pick<ExperimentDraft, "arms">): MetricSums => ({
  metric,
  arms: new Map(
    arms.map(({ id }) => [
      id,
      { events: 0, groups: Array.from({ length: adjustmentGroups }, () => noMoments(widthOf(metric))) },
    ]),
  ),
})

/** Adds a customer to the sums, which are the caller's own; one whose arm the design has not is left out. */
export function addOutcome({ metric, arms }: MetricSums, outcome: CustomerOutcome): void {
  const arm = arms.get(outcome.arm)
  if (arm === undefined) return
  const kind = kindOf(metric)
  const limited = (value: number) => Math.min(metric.cap ?? Number.POSITIVE_INFINITY, value)
  const amount = ({ events, value }: EventSum) => limited(metric.of === "value" ? value : events)
  const { before, after, per, orders } = outcome
  arm.events += kind === "proportion" || metric.of === "value" ? Number(after.events > 0) : after.events
  const group = arm.groups[Math.floor(outcome.uniform * adjustmentGroups)]!
  if (kind === "ratio") addRow(group, [amount(after), per.events])
  else {
    const isShare = kind === "proportion"
    addRow(group, [
      isShare ? Number(after.events > 0) : amount(after),
      Number(before.events > 0),
      isShare ? Math.log1p(before.events) : amount(before),
      orders ?? 0,
      Number(orders !== null),
    ])
  }
}
