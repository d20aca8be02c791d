import type { Services } from "../../src/services.ts"
import type { EvaluationReport } from "../reports/report.ts"
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
      } else say(`release ${trained.releaseId} is kept, not promoted: ${notPromotedBecause(trained)}`)
    } catch (error) {
      log.error({ err: error }, "a scheduled training failed")
      say(`the training failed: ${error instanceof Error ? error.message : String(error)}`)
    }
    goesOn = await pause(Math.max(0, begun + everyHours * 3_600_000 - clock()))
  }
}

/** Whether the new release ranks at least as well as the live one's choices on the same past and days; whoever promotes asks that it beat popularity too. */
export const beatsLiveRelease = ({ metrics, live }: Pick<TrainedRelease, "metrics" | "live">): boolean =>
  live === null || (live !== "no time" && qualityOf(metrics) >= qualityOf(live.metrics))

const notPromotedBecause = ({ live }: Pick<TrainedRelease, "live">): string =>
  live === "no time"
    ? "no time was left to measure the live release's choices; give --budget-seconds more"
    : "the live release's choices rank better"

const qualityOf = ({ all, firstTime }: EvaluationReport["metrics"]): number =>
  (all.served.ndcg20 + firstTime.served.ndcg20) / 2
