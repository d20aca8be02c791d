import { ApiError } from "../../src/core/problem/problem.ts"
import type { TrainingResult } from "../../src/core/release/training-result.ts"
import type { Services } from "../../src/services.ts"
import { type TrainedRelease, type TrainOptions, trainRelease } from "./train.ts"

type Tools = Pick<Services, "store" | "log" | "clock" | "newId">

/** Counts a training that ended; one that cannot be counted is a line of the log, as its release stands all the same. */
export async function recordTraining({ store, log, clock }: Tools, result: TrainingResult): Promise<void> {
  try {
    await store.trainings.record(result, clock())
  } catch (error) {
    log.warn({ err: error, result }, "failed to count a training")
  }
}

/** Returns how a training ended that threw. */
export const resultOfError = (error: unknown): TrainingResult =>
  error instanceof ApiError && error.code === "belowBaseline" ? "belowBaseline" : "failed"

/** Trains a release that is saved and not promoted, and counts how that ended. */
export async function trainOnce(services: Tools, options: TrainOptions): Promise<TrainedRelease> {
  try {
    const trained = await trainRelease(services, options)
    await recordTraining(services, "saved")
    return trained
  } catch (error) {
    await recordTraining(services, resultOfError(error))
    throw error
  }
}
