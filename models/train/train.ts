import type { Services } from "../../src/services.ts"
import type { EvaluationReport } from "../evaluate/report.ts"

export interface TrainOptions {
  /** Only events before this moment are learnt from; milliseconds since the epoch. By default all. */
  until?: number
  threads?: number
  seed?: number
  /** Seconds the search for hyper-parameters may take. */
  searchSeconds?: number
  /** The window that validation and test each take; by default 30 days, or a fifth of a shorter past. */
  horizonDays?: number
  onProgress?: (line: string) => void
}

export interface TrainedRelease {
  releaseId: string
  evaluationId: string
  metrics: EvaluationReport["metrics"]
}

/** Learns a release from the stored events: search and blend on validation, measured on later data, then refitted on everything. Saves, does not promote. */
export async function trainRelease(
  { store, clock, newId }: Pick<Services, "store" | "log" | "clock" | "newId">,
  options: TrainOptions,
): Promise<TrainedRelease> {
  throw new Error(`not yet: ${String(store)}${clock()}${newId()}${options.seed}`)
}
