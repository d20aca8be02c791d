import { Gauge, Histogram, type Registry } from "prom-client"
import type { Services } from "../../services.ts"

type Pool = ReturnType<Services["store"]["pools"]>[number]

const waitName = "beforehand_pool_wait_seconds"

/** Registers what is known of the pools of connections: their size, what they have under way, and how long a connection is waited for. */
export function registerPoolMetrics({ pools }: Pick<Services["store"], "pools">, registers: Registry[]): void {
  const labelNames = ["pool"] as const
  const gauge = (name: string, help: string, read: (pool: Pool) => number) =>
    new Gauge({
      name,
      help,
      labelNames,
      aggregator: "sum",
      registers,
      collect() {
        for (const pool of pools()) this.set({ pool: pool.name }, read(pool))
      },
    })
  gauge("beforehand_pool_connections_max", "Connections that a pool may open.", ({ max }) => max)
  gauge("beforehand_pool_connections_open", "Connections that a pool has open.", ({ open }) => open)
  gauge(
    "beforehand_pool_connections_busy",
    "Connections with a statement or transaction under way.",
    ({ busy }) => busy,
  )
  gauge("beforehand_pool_waiting", "Statements and transactions that wait for a connection.", ({ waiting }) => waiting)
  const described = { name: waitName, help: "Time until a statement or transaction had a connection." }
  const waits = new Histogram({ ...described, labelNames, registers })
  // The pools count by themselves: a histogram's own counting costs more than the statements of an answer may.
  const get = async () => ({ ...described, type: "histogram", aggregator: "sum", values: pools().flatMap(waitSeries) })
  Object.assign(waits, { get, getForPromString: get })
}

function waitSeries({ name: pool, waits: { bounds, counts, sumSeconds } }: Pool) {
  let count = 0
  const buckets = counts.map((more, n) => {
    count += more
    return { metricName: `${waitName}_bucket`, labels: { pool, le: bounds[n] ?? "+Inf" }, value: count }
  })
  return [
    ...buckets,
    { metricName: `${waitName}_sum`, labels: { pool }, value: sumSeconds },
    { metricName: `${waitName}_count`, labels: { pool }, value: count },
  ]
}
