import type { Services } from "../../src/services.ts"
import type { EvaluationReport } from "../reports/report.ts"
import { recordTraining, resultOfError } from "./record-training.ts"
import { type TrainedRelease, type TrainOptions, trainRelease } from "./train.ts"

export interface Schedule {
  everyHours: number
  /** Makes a release live; may refuse. */
  promote: (releaseId: string) => Promise<unknown>
  /** Waits so many milliseconds; false when it is time to stop. */
  pause: (ms: number) => Promise<boolean>
}

/** Trains now and then every so often, and makes a release live only if it wins; one that fails is logged, and the next one comes in its turn. */
export async function trainOnSchedule(
  services: Pick<Services, "store" | "log" | "clock" | "newId">,
  { everyHours, promote, pause }: Schedule,
  options: TrainOptions = {},
): Promise<void> {
  const { clock, log } = services
  const say = options.onProgress ?? ((line: string) => log.info(line))
  for (let goesOn = true; goesOn; ) {
    const begun = clock()
    try {
      const trained = await trainRelease(services, { ...options, compareWithLive: true })
      if (beatsLiveRelease(trained)) {
        await promote(trained.releaseId)
        say(`release ${trained.releaseId} is live`)
        await recordTraining(services, "promoted")
      } else {
        say(`release ${trained.releaseId} is saved but not promoted: ${notPromotedBecause(trained)}`)
        await recordTraining(services, trained.live === "no time" ? "notCompared" : "worseThanLive")
      }
    } catch (error) {
      await recordTraining(services, resultOfError(error))
      log.error({ err: error }, "scheduled training failed; the next one runs on time")
      say(`the training failed: ${error instanceof Error ? error.message : String(error)}`)
    }
    goesOn = await pause(Math.max(0, begun + everyHours * 3_600_000 - clock()))
  }
}

/** Says if the new release ranks at least as well as the live one's configuration on the same past and days; promoting also requires that it beats popularity. */
export const beatsLiveRelease = ({ metrics, live }: Pick<TrainedRelease, "metrics" | "live">): boolean =>
  live === null || (live !== "no time" && qualityOf(metrics) >= qualityOf(live.metrics))

const notPromotedBecause = ({ live }: Pick<TrainedRelease, "live">): string =>
  live === "no time"
    ? "no time was left to evaluate the live release; raise --budget-seconds"
    : "the live release ranks better"

const qualityOf = ({ all, firstTime }: EvaluationReport["metrics"]): number =>
  (all.served.ndcg20 + firstTime.served.ndcg20) / 2
