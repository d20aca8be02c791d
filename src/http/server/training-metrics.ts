import { Gauge, type Registry } from "prom-client"
import { type TrainingResult, trainingResults } from "../../core/release/training-result.ts"
import type { Services } from "../../services.ts"
import { keptFor } from "./kept-for.ts"

type Tools = Pick<Services, "store" | "clock">

/** Two metrics of one text share a reading, milliseconds. */
const sharedMs = 500

/** Registers how trainings ended, which happen in processes that nobody scrapes: the database counts them for all. */
export function registerTrainingMetrics({ store, clock }: Tools, registers: Registry[]): void {
  const read = keptFor(sharedMs, () => store.trainings.counts().catch(() => null), clock)
  const labelNames = ["result"] as const
  new Gauge({
    name: "beforehand_trainings",
    help: "Trainings that ended, by result, as the database has counted them. Absent while the database is away.",
    labelNames,
    aggregator: "max",
    registers,
    async collect() {
      const counts = await read()
      if (counts === null) return this.reset()
      for (const result of Object.keys(trainingResults) as TrainingResult[])
        this.set({ result }, counts.find((one) => one.result === result)?.count ?? 0)
    },
  })
  new Gauge({
    name: "beforehand_training_last_timestamp_seconds",
    help: "Time when a training last ended so, in seconds since the epoch; absent where none did, or without a database.",
    labelNames,
    aggregator: "max",
    registers,
    async collect() {
      this.reset()
      for (const { result, lastAt } of (await read()) ?? []) this.set({ result }, lastAt / 1000)
    },
  })
}
