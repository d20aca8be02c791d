import { availableParallelism } from "node:os"
import { type Actor, commandActor } from "../../src/core/access/actor.ts"
import { decodeRelease } from "../../src/core/release/decode-release.ts"
import type { Release } from "../../src/core/release/release.ts"
import { dayMs } from "../../src/core/time/durations.ts"
import type { Services } from "../../src/services.ts"
import { saveRelease } from "../../src/store/releases/save-release.ts"
import { type Dataset, historyFolder, horizonOf, loadDataset } from "../data/dataset.ts"
import { fullCatalogue } from "../data/evaluation-cases.ts"
import { loadCatalogue } from "../data/load-catalogue.ts"
import { omittedModels } from "../data/omitted-models.ts"
import { type Past, pastOf } from "../data/past.ts"
import { evaluateRelease } from "../evaluate/evaluate-release.ts"
import { evaluateSplit, type Split } from "../evaluate/evaluate-split.ts"
import { fitContents } from "../learn/fit-release.ts"
import { type Choice, defaultSearchTrials, startingChoice } from "../learn/learn.ts"
import { learnDecisions } from "../learn/learn-decisions.ts"
import { hasInteractions, requireEvents, type TrainUntilCutoffOptions } from "../learn/train-until-cutoff.ts"
import type { EvaluationReport } from "../reports/report.ts"
import { createBudget, type Stage } from "../workers/budget.ts"
import { codeVersion } from "./code-version.ts"
import { evaluateLiveRelease, type LiveEvaluation } from "./evaluate-live-release.ts"

export interface TrainOptions extends Partial<Omit<TrainUntilCutoffOptions, "catalogue" | "histories">> {
  /** Only events before this time are used; milliseconds since the epoch. By default now. */
  until?: number
  /** Actor of the training; by default the command `train`. */
  actor?: Actor
  /** Stages that are done even when the budget is spent. */
  necessary?: readonly Stage[]
  /** Evaluates the live release's configuration beside the new one. */
  compareWithLive?: boolean
  /** Reads the time in milliseconds that a budget is measured by; by default the system's. */
  now?: () => number
}

export interface TrainedRelease {
  releaseId: string
  evaluationId: string
  metrics: EvaluationReport["metrics"]
  /** Metrics of the live release's configuration on the same past and days, with `compareWithLive`. */
  live: LiveEvaluation | "no time" | null
}

/** Learns a release from the stored events: chosen on validation, measured on later days, then refitted on everything. Saves it; promoting is a verb of its own. */
export async function trainRelease(
  services: Pick<Services, "store" | "log" | "clock" | "newId">,
  { until, actor = commandActor("train"), compareWithLive: asksLive = false, ...options }: TrainOptions = {},
): Promise<TrainedRelease> {
  const { store, clock, newId, log } = services
  const begun = clock()
  const onProgress = options.onProgress ?? ((line: string) => log.info(line))
  const budget = createBudget({ seconds: options.budgetSeconds, necessary: options.necessary, now: options.now })
  const dataset = await loadDataset(store.events.readAll(until ?? begun))
  onProgress(`read ${dataset.at.length} events of ${dataset.customerIds.length} customers`)
  requireEvents(dataset, until ?? Number.POSITIVE_INFINITY)
  const end = Math.min(until ?? Infinity, dataset.lastAt + 1)
  const catalogue = await loadCatalogue(store)
  const horizonDays = options.horizonDays ?? horizonOf(dataset)
  const histories = historyFolder(dataset)
  const learning = { ...options, budget, histories, horizonDays, onProgress, catalogue }
  const split = { cut: end - horizonDays * dayMs, days: horizonDays }
  const horizon = { cut: split.cut, until: end }
  const { threads = availableParallelism() } = options
  const {
    configuration,
    blend,
    steps,
    past,
    earlier,
    report: measured,
  } = await chooseAndMeasure(dataset, { ...learning, ...split })
  const live =
    asksLive && past
      ? await evaluateLiveRelease(store, dataset, past, horizon, { threads, hasTime: () => budget.hasTime("evaluate") })
      : null
  if (live === "no time") onProgress("no time to evaluate the live release")
  onProgress(
    `fitting all models on all events: ${dataset.itemIds.length} items, ${dataset.customerIds.length} customers`,
  )
  const hasTime = () => budget.hasTime("keep")
  const whole = pastOf(histories(end), end, catalogue)
  const contents = await fitContents(whole, configuration, { threads, blend, hasTime })
  const release = decodeRelease({ id: "training", createdAt: begun, trainedUntil: end }, contents)
  const report = measured ?? evaluateRelease(release, [], fullCatalogue(dataset), horizon)
  const seed = options.seed ?? 1
  const horizonMs = horizonDays * dayMs
  const decisions = await learnDecisions(store, dataset, {
    until: end,
    logsUntil: until ?? begun,
    horizonMs,
    seed,
    release,
    histories: whole.histories,
    earlier: earlier && past && { release: earlier, histories: past.histories, horizon },
    catalogue,
    budget,
    onProgress,
  })
  const released = { ...contents, ...decisions.contents }
  const omitted = [...omittedModels(contents), ...decisions.omitted]
  for (const { model, reason } of omitted) onProgress(`omitted ${model}: ${reason}`)
  const { customers } = report
  const manifest = {
    codeVersion: await codeVersion(),
    seed,
    dataRange: { from: dataset.firstAt, until: end, events: dataset.at.length, customers: dataset.customerIds.length },
    trainedUntil: end,
    configuration,
    search: {
      trials: options.searchTrials ?? defaultSearchTrials,
      budgetSeconds: options.budgetSeconds ?? null,
      steps,
    },
    metrics: report.metrics,
    ...(live !== null && live !== "no time" && { live }),
    ...decisions.manifest,
    omitted,
    metricsFrom: {
      ...split,
      customers,
      note: "a fit before the cut; the release is that configuration refitted on all of dataRange",
    },
    trainSeconds: (clock() - begun) / 1000,
  }
  const releaseId = await saveRelease(store.releases, released, { manifest, newId, at: clock(), actor })
  const evaluationId = newId()
  await store.evaluations.save({
    id: evaluationId,
    releaseId,
    createdAt: clock(),
    report: { ...report, search: steps },
  })
  onProgress(`release ${releaseId} saved after ${Math.round((clock() - begun) / 1000)} s`)
  return { releaseId, evaluationId, metrics: report.metrics, live }
}

/** Chooses and evaluates around a split; without a past there is nothing to evaluate. */
async function chooseAndMeasure(
  dataset: Dataset,
  split: Split,
): Promise<Choice & { past: Past | null; earlier: Release | null; report: EvaluationReport | null }> {
  if (!hasInteractions(dataset, split.cut)) {
    split.onProgress?.("no events before the test window: fitting the release without evaluating it")
    return { ...startingChoice(split), past: null, earlier: null, report: null }
  }
  const { report, learned, release } = await evaluateSplit(dataset, split)
  const { configuration, blend, steps, past } = learned
  return { configuration, blend, steps, past, earlier: release, report }
}
