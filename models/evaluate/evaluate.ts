import { ApiError } from "../../src/core/problem/problem.ts"
import { dayMs } from "../../src/core/time/durations.ts"
import type { Services } from "../../src/services.ts"
import { type Dataset, horizonOf, loadDataset } from "../data/dataset.ts"
import { anyPurchaseWithin } from "../data/evaluation-cases.ts"
import { loadCatalogue } from "../data/load-catalogue.ts"
import { hasInteractions, requireEvents, type TrainUntilCutoffOptions } from "../learn/train-until-cutoff.ts"
import type { EvaluationReport } from "../reports/report.ts"
import { writeReport } from "../reports/write-report.ts"
import { evaluateSplit } from "./evaluate-split.ts"

export interface EvaluateOptions extends Partial<Omit<TrainUntilCutoffOptions, "clock" | "catalogue">> {
  /** Milliseconds since the epoch; by default so that the test window ends with the data. */
  cut?: number
  /** Length of the test window, in days; by default 30, or a sixth of a shorter past. */
  days?: number
  /** Folder of the HTML report; `null` writes none. */
  reportFolder?: string | null
}

export interface Evaluated {
  evaluationId: string
  report: EvaluationReport
  reportPath: string | null
}

/** Splits the stored events by time, learns before the cut, measures after it; saves the figures and leaves a page with plots. */
export async function evaluate(
  { store, clock, newId, log }: Pick<Services, "store" | "log" | "clock" | "newId">,
  { cut, days, reportFolder = "reports", ...options }: EvaluateOptions = {},
): Promise<Evaluated> {
  const onProgress = options.onProgress ?? ((line: string) => log.info(line))
  const dataset = await loadDataset(store.events.readAll(clock()))
  onProgress(`read ${dataset.at.length} events of ${dataset.customerIds.length} customers`)
  const length = days ?? options.horizonDays ?? horizonOf(dataset)
  const from = cut ?? dataset.lastAt + 1 - length * dayMs
  requireMeasurable(dataset, from, length)
  const catalogue = await loadCatalogue(store)
  const learning = { ...options, horizonDays: options.horizonDays ?? length, clock, onProgress, catalogue }
  const { report, learned } = await evaluateSplit(dataset, { ...learning, cut: from, days: length })
  const evaluationId = newId()
  const saved = { ...report, configuration: learned.configuration, search: learned.steps }
  await store.evaluations.save({ id: evaluationId, releaseId: null, createdAt: clock(), report: saved })
  const reportPath =
    reportFolder === null ? null : await writeReport(reportFolder, evaluationId, { report, steps: learned.steps })
  return { evaluationId, report, reportPath }
}

/** Throws `conflict` where a cut leaves nothing to learn from, or nobody to ask about. */
function requireMeasurable(dataset: Dataset, cut: number, days: number): void {
  requireEvents(dataset, Number.POSITIVE_INFINITY)
  const day = (ms: number) => new Date(ms).toISOString().slice(0, 10)
  const range = `the events are of ${day(dataset.firstAt)} to ${day(dataset.lastAt)}`
  if (cut > dataset.lastAt) {
    throw new ApiError("conflict", `no events after ${day(cut)}: choose an earlier --cut; ${range}`)
  }
  if (!hasInteractions(dataset, cut)) {
    throw new ApiError("conflict", `no events before ${day(cut)}: choose a later --cut or fewer --days; ${range}`)
  }
  if (!anyPurchaseWithin(dataset, { cut, until: cut + days * dayMs })) {
    throw new ApiError(
      "conflict",
      `nobody bought anything in the ${Number(days.toFixed(1))} days after ${day(cut)}: choose another --cut or more --days; ${range}`,
    )
  }
}
