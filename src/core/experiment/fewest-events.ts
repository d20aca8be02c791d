/** Kinds of a metric: a share of customers, a mean capped at a bound fixed beforehand, a sum ÷ another sum. */
export type MetricKind = "proportion" | "mean" | "ratio"

/**
 * Events in each arm below which nothing is read: customers with the event, buyers, events of the numerator. The readings are asymptotic,
 * and with unequal arms the small one is far from it for long.
 */
export const fewestEvents: Readonly<Record<MetricKind, number>> = { proportion: 20, mean: 50, ratio: 20 }
