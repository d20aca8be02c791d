import { msPerDay } from "../../src/core/preference/confidences.ts"
import { decodeRelease } from "../../src/core/preference/decode-release.ts"
import type { Dataset } from "../train/dataset.ts"
import type { Learned } from "../train/learn.ts"
import { type LearnBeforeOptions, learnBefore } from "../train/learn-before.ts"
import { shuffledEvenly } from "../train/window.ts"
import { casesOf, fullCatalogue } from "./cases.ts"
import { evaluateRelease } from "./evaluate-release.ts"
import type { EvaluationReport } from "./report.ts"

export interface Split extends LearnBeforeOptions {
  /** Milliseconds since the epoch; everything learnt and chosen is of before. */
  cut: number
  /** Length of the test window, in days. */
  days: number
}

/** Learns before `cut`, validation included, and measures on the days after it. */
export async function evaluateSplit(
  dataset: Dataset,
  { cut, days, ...options }: Split,
): Promise<{ report: EvaluationReport; learned: Learned }> {
  const learned = await learnBefore(dataset, cut, options)
  const release = decodeRelease({ id: "evaluated", createdAt: cut, trainedUntil: cut }, learned.contents)
  const horizon = { cut, until: cut + days * msPerDay }
  const everybody = casesOf(dataset, horizon, learned.past.histories)
  options.onProgress?.(`asking for ${everybody.length} customers who bought in the ${days} days after`)
  const { budget } = options
  const cases = budget ? shuffledEvenly(everybody) : everybody
  const hasTime = () => budget?.hasTime("measure") ?? true
  return { report: evaluateRelease(release, cases, fullCatalogue(dataset), horizon, hasTime), learned }
}
