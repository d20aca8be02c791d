import { AggregatorRegistry, Gauge, type MetricObjectWithValues, type MetricValue, Registry } from "prom-client"

/** Metrics of one process, as they travel between processes. */
export type MetricReading = readonly MetricObjectWithValues<MetricValue<string>>[]

/** The gauge that names processes. */
export const processUp = {
  name: "beforehand_process_up",
  help: "1 for each process whose values are in this text; 0 for one that did not answer in time, whose counts are its last known.",
  labelNames: ["pid"],
} as const

/** Returns a reading that says of processes that they did not answer in time. */
export async function readingOfSilent(pids: readonly number[]): Promise<MetricReading> {
  const registry = new Registry()
  const gauge = new Gauge({ ...processUp, registers: [registry] })
  for (const pid of pids) gauge.set({ pid }, 0)
  return registry.getMetricsAsJSON()
}

/** Gauges of prom-client whose largest value counts, where it would take the mean. */
const isDelay = /^nodejs_eventloop_lag_/
/** Kinds whose values only grow, so that those of a process outlive it. */
const growing = ["counter", "histogram", "summary"]

const kindOf = ({ type }: MetricReading[number]) => String(type).toLowerCase()

/** A value that is no number became `null` on its way between processes. */
const comparable = (reading: MetricReading): MetricReading =>
  reading.map((metric) => ({
    ...metric,
    ...(isDelay.test(metric.name) && { aggregator: "max" as const }),
    values: metric.values.filter(({ value }) => Number.isFinite(value)),
  }))

const aggregate = (readings: readonly MetricReading[]) =>
  AggregatorRegistry.aggregate(readings.map((reading) => [...comparable(reading)]))

/** Returns the part of a reading that only grows. */
export const growingOnly = (reading: MetricReading): MetricReading =>
  reading.filter((metric) => growing.includes(kindOf(metric)))

/** Returns one reading with the sums of two that only grow. */
export function addReadings(one: MetricReading, other: MetricReading): MetricReading {
  const sums = aggregate([one, other]).getMetricsAsArray() as MetricReading[number][]
  return sums.map(({ name, help, type, aggregator, values, collect }) => ({
    name,
    help,
    type,
    aggregator,
    values,
    collect,
  }))
}

/** Returns the exposition text of several processes: counts are added, each gauge is combined as its `aggregator` says. */
export const combineReadings = (readings: readonly MetricReading[]): Promise<string> => aggregate(readings).metrics()
