import { decodeRelease } from "../../src/core/release/decode-release.ts"
import type { Release } from "../../src/core/release/release.ts"
import { dayMs } from "../../src/core/time/durations.ts"
import type { Dataset } from "../data/dataset.ts"
import { evaluationCases, fullCatalogue } from "../data/evaluation-cases.ts"
import { shuffledEvenly } from "../data/window.ts"
import type { Learned } from "../learn/learn.ts"
import { type TrainUntilCutoffOptions, trainUntilCutoff } from "../learn/train-until-cutoff.ts"
import type { EvaluationReport } from "../reports/report.ts"
import { evaluateRelease } from "./evaluate-release.ts"

export interface Split extends TrainUntilCutoffOptions {
  /** Milliseconds since the epoch; everything learnt and chosen is of before. */
  cut: number
  /** Length of the test window, in days. */
  days: number
}

/** Learns before `cut`, validation included, and measures on the days after it. */
export async function evaluateSplit(
  dataset: Dataset,
  { cut, days, ...options }: Split,
): Promise<{ report: EvaluationReport; learned: Learned; release: Release }> {
  const learned = await trainUntilCutoff(dataset, cut, options)
  const release = decodeRelease({ id: "evaluated", createdAt: cut, trainedUntil: cut }, learned.contents)
  const horizon = { cut, until: cut + days * dayMs }
  const everybody = evaluationCases(dataset, horizon, learned.past.histories)
  options.onProgress?.(
    `evaluating on ${everybody.length} customers who bought in the following ${Number(days.toFixed(1))} days`,
  )
  const { budget } = options
  const cases = budget ? shuffledEvenly(everybody) : everybody
  const hasTime = () => budget?.hasTime("evaluate") ?? true
  return { report: evaluateRelease(release, cases, fullCatalogue(dataset), horizon, hasTime), learned, release }
}
