import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client"
import type { Services } from "../../services.ts"
import { type MetricReading, processUp } from "./combine-metrics.ts"
import { registerDatabaseMetrics } from "./database-metrics.ts"
import { keptFor } from "./kept-for.ts"
import { createLoopMetrics } from "./loop-metrics.ts"
import { registerPoolMetrics } from "./pool-metrics.ts"
import { registerTrainingMetrics } from "./training-metrics.ts"

export interface Metrics {
  requestSeconds: Histogram<"method" | "route" | "status">
  /** Answers to questions, by verb and what they were (`nothing`, an offer's kind, `items`). */
  decisions: Counter<"verb" | "kind" | "degraded">
  /** Events at the tracking routes, by what became of them. */
  events: Counter<"status">
  /** Counts notes on accepted events, by subject. */
  eventNotes: Counter<"about">
  /** Answers that no decision records, by verb and what was known to be wrong with the database. */
  unrecorded: Counter<"verb" | "reason">
  /** Requests refused before they were looked at, because there was too much to do. */
  refusals: Counter
  /** The Prometheus exposition text, made at most once a second: nobody needs a key for it. */
  text(): Promise<string>
  /** Returns the values of this process, for a text of all processes. */
  read(): Promise<MetricReading>
}

/** Milliseconds for which a text is handed out again. */
export const freshMs = 1000

/** One registry per API, so that two in one process do not count together. */
export function createMetrics(services: Services, loops = createLoopMetrics(services.clock)): Metrics {
  const { live, catalogue, clock } = services
  const registers = [new Registry()]
  const registry = registers[0]!
  collectDefaultMetrics({ register: registry })
  loops.register(registry)
  registerDatabaseMetrics(services.store, registers)
  registerPoolMetrics(services.store, registers)
  new Gauge({
    name: "beforehand_release_age_seconds",
    help: "Seconds since the live release was made; absent without one.",
    aggregator: "max",
    registers,
    collect() {
      const release = live.current()
      // A gauge without labels begins at 0, which would be a release made just now.
      if (release === null) this.remove()
      else this.set((clock() - release.createdAt) / 1000)
    },
  })
  new Gauge({
    name: "beforehand_catalogue_age_seconds",
    help: "Seconds since the catalogue in memory was known to be current.",
    aggregator: "max",
    registers,
    collect() {
      this.set((clock() - catalogue.asOf()) / 1000)
    },
  })
  new Gauge({
    name: "beforehand_shared_identifiers",
    help: "Identifiers that so many customers share that they identify nobody.",
    aggregator: "max",
    registers,
    collect() {
      this.set(services.sharedIdentifiers.current().size)
    },
  })
  new Gauge({
    name: "beforehand_partitions_end_timestamp_seconds",
    aggregator: "min",
    help: "Time until which every table has a partition to write to, seconds since the epoch. Absent while the database is away.",
    registers,
    async collect() {
      const endsAt = await services.store.partitions.knownEnd().catch(() => null)
      if (endsAt === null) this.remove()
      else this.set(endsAt / 1000)
    },
  })
  new Gauge({
    name: "beforehand_newest_release_timestamp_seconds",
    help: "Time when the newest release was trained, live or not, in seconds since the epoch; absent without one, or without a database.",
    aggregator: "max",
    registers,
    async collect() {
      const madeAt = await services.store.releases.newestAt().catch(() => null)
      if (madeAt === null) this.remove()
      else this.set(madeAt / 1000)
    },
  })
  registerTrainingMetrics(services, registers)
  // Two metrics of one text share a reading; the next text, a second later, has its own.
  const readBacklog = keptFor(freshMs / 2, () => services.store.webhooks.backlog().catch(() => null), clock)
  new Gauge({
    name: "beforehand_webhook_oldest_seconds",
    help: "Seconds since the oldest message that no webhook has acknowledged; 0 where none waits. Absent while the database is away.",
    aggregator: "max",
    registers,
    async collect() {
      const backlog = await readBacklog()
      if (backlog === null) return this.remove()
      this.set(backlog.oldestAt === null ? 0 : (clock() - backlog.oldestAt) / 1000)
    },
  })
  new Gauge({
    name: "beforehand_webhook_deliveries",
    help: "Webhook messages on their way, by state: waiting, or dead until replayed. Absent while the database is away.",
    labelNames: ["state"],
    aggregator: "max",
    registers,
    async collect() {
      const backlog = await readBacklog()
      if (backlog === null) return this.reset()
      this.set({ state: "waiting" }, backlog.waiting)
      this.set({ state: "dead" }, backlog.dead)
    },
  })
  new Gauge({ ...processUp, registers }).set({ pid: process.pid }, 1)
  return {
    requestSeconds: new Histogram({
      name: "beforehand_request_seconds",
      help: "Duration of requests by route and status.",
      labelNames: ["method", "route", "status"],
      // Those of load-tests/slo.ts are among them.
      buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
      registers,
    }),
    decisions: new Counter({
      name: "beforehand_decisions_total",
      help: "Answers to questions.",
      labelNames: ["verb", "kind", "degraded"],
      registers,
    }),
    events: new Counter({
      name: "beforehand_events_total",
      help: "Events received, by what became of them.",
      labelNames: ["status"],
      registers,
    }),
    eventNotes: new Counter({
      name: "beforehand_event_notes_total",
      help: "What of accepted events was not understood: their name, product, price or quantity.",
      labelNames: ["about"],
      registers,
    }),
    unrecorded: new Counter({
      name: "beforehand_unrecorded_decisions_total",
      help: "Answers to questions that no decision records, because the database could not be used in time.",
      labelNames: ["verb", "reason"],
      registers,
    }),
    refusals: new Counter({
      name: "beforehand_refusals_total",
      help: "Requests refused before they were looked at, because there was too much to do.",
      registers,
    }),
    text: keptFor(freshMs, () => registry.metrics(), clock),
    read: () => registry.getMetricsAsJSON(),
  }
}
