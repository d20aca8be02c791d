import { Counter, Gauge, type Registry } from "prom-client"
import { databaseReasons } from "../../core/problem/database-reason.ts"
import type { Services } from "../../services.ts"

/** Registers what is known of the database's state: its faults now, and how often each began. */
export function registerDatabaseMetrics({ state }: Services["store"], registers: Registry[]): void {
  const labelNames = ["access", "reason"] as const
  const accesses = ["reads", "writes"] as const
  new Gauge({
    name: "beforehand_database_fault",
    help: "1 while something is wrong with the database's reads or writes, by reason.",
    labelNames,
    aggregator: "max",
    registers,
    collect() {
      for (const access of accesses)
        for (const reason of Object.keys(databaseReasons))
          this.set({ access, reason }, state.fault(access)?.reason === reason ? 1 : 0)
    },
  })
  const began = new Counter({
    name: "beforehand_database_faults_total",
    help: "Faults of the database that began, also those that ended between two scrapes.",
    labelNames,
    registers,
  })
  state.onChange((access, fault) => fault !== null && began.inc({ access, reason: fault.reason }))
}
