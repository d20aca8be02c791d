import { normalQuantile } from "../measure/normal-distribution.ts"
import { alwaysValidMultiplier, readAlwaysValid } from "./always-valid.ts"
import { type ArmReading, readMean, readRatio } from "./arm-reading.ts"
import { adjustCrossFitted } from "./cuped.ts"
import { effectOf } from "./effect.ts"
import { type ExperimentDraft, kindOf } from "./experiment-schema.ts"
import { fewestEvents } from "./fewest-events.ts"
import { readFixedHorizon } from "./fixed-horizon.ts"
import type { MetricSums } from "./metric-sums.ts"
import { addMoments } from "./moments.ts"
import { posteriorOf } from "./posterior.ts"
import type { ExperimentComparison, MetricResult } from "./results-schema.ts"

/** P(the detectable effect is found). */
const power = 0.8

/** Reads a metric: each arm, and each but the first against the first, once there are enough events in every arm. */
export function readMetric(
  { metric, arms }: MetricSums,
  design: Pick<ExperimentDraft, "arms" | "stopping">,
  role: MetricResult["role"],
  waiting: number,
): MetricResult {
  const kind = kindOf(metric)
  const own = design.arms.map(({ id }) => arms.get(id)!)
  const plain = own.map(({ groups }) => {
    const moments = addMoments(groups, groups[0]!.width)
    return kind === "ratio" ? readRatio(moments) : readMean(moments)
  })
  const adjusted = kind === "ratio" ? plain : adjustCrossFitted(own.map(({ groups }) => groups))
  const fewest = Math.min(...own.map(({ events }) => events))
  const isReady = fewest >= fewestEvents[kind]
  const comparisons = isReady
    ? design.arms.slice(1).flatMap((_, n) => compare(plain, adjusted, n + 1, design) ?? [])
    : []
  return {
    id: metric.id,
    role,
    kind,
    direction: metric.direction,
    waiting,
    arms: design.arms.map(({ id }, n) => ({
      arm: id,
      customers: plain[n]!.count,
      events: own[n]!.events,
      mean: plain[n]!.mean,
      adjustedMean: adjusted[n]!.mean,
    })),
    comparisons,
    missing: isReady
      ? null
      : `the arm with the fewest has ${fewest} events of the ${fewestEvents[kind]} that a reading needs`,
  }
}

function compare(
  plain: readonly ArmReading[],
  adjusted: readonly ArmReading[],
  arm: number,
  { arms, stopping }: Pick<ExperimentDraft, "arms" | "stopping">,
): ExperimentComparison | null {
  const effect = effectOf(adjusted[0]!, adjusted[arm]!)
  if (effect === null) return null
  const level = stopping.level / (arms.length - 1)
  const planned = Math.max(2, Math.round(stopping.plannedCustomers * (arms[0]!.share + arms[arm]!.share)))
  const options = { level, plannedCustomers: planned }
  const base = adjusted[0]!.unadjustedMean
  const { probabilityHigher } = posteriorOf(effect, level)
  const errorAtEnd = effect.error * Math.sqrt(effect.count / planned)
  const varianceOf = (readings: readonly ArmReading[]) =>
    [0, arm].reduce((sum, n) => sum + readings[n]!.variance / readings[n]!.count, 0)
  return {
    arm: arms[arm]!.id,
    effect: effect.estimate,
    ...readAlwaysValid(effect, options),
    fixedHorizon: readFixedHorizon(effect, level),
    relativeEffect: base === 0 ? null : effect.estimate / base,
    probabilityHigher,
    varianceCut: 1 - varianceOf(adjusted) / varianceOf(plain),
    detectableEffect: (alwaysValidMultiplier(planned, options) + normalQuantile(power)) * errorAtEnd,
  }
}
