import { decodeRelease } from "../../src/core/release/decode-release.ts"
import { loadRelease } from "../../src/store/releases/load-release.ts"
import type { Store } from "../../src/store/store.ts"
import type { Dataset } from "../data/dataset.ts"
import { evaluationCases, fullCatalogue, type Horizon } from "../data/evaluation-cases.ts"
import type { Past } from "../data/past.ts"
import { shuffledEvenly } from "../data/window.ts"
import { evaluateRelease } from "../evaluate/evaluate-release.ts"
import { fitContents } from "../learn/fit-release.ts"
import type { EvaluationReport } from "../reports/report.ts"
import type { Configuration } from "../search/configuration.ts"

export interface LiveEvaluation {
  releaseId: string
  metrics: EvaluationReport["metrics"]
}

/**
 * Evaluates the live release's configuration and blend, fitted on the same past and evaluated in the same
 * horizon as a new one; `null` where nothing that was trained here is live, and no figures where there is no time to fit all of it.
 */
export async function evaluateLiveRelease(
  { releases }: Pick<Store, "releases">,
  dataset: Dataset,
  past: Past,
  horizon: Horizon,
  { threads, hasTime = () => true }: { threads: number; hasTime?: () => boolean },
): Promise<LiveEvaluation | "no time" | null> {
  const releaseId = await releases.liveId()
  const record = releaseId === null ? null : await releases.read(releaseId)
  if (!record?.manifest.configuration) return null
  const { blend } = await loadRelease(releases, record)
  const contents = await fitContents(past, record.manifest.configuration as Configuration, { threads, blend, hasTime })
  if (!hasTime()) return "no time"
  const release = decodeRelease({ id: record.id, createdAt: 0, trainedUntil: past.untilMs }, contents)
  const cases = shuffledEvenly(evaluationCases(dataset, horizon, past.histories))
  const { metrics } = evaluateRelease(release, cases, fullCatalogue(dataset), horizon, hasTime)
  return { releaseId: record.id, metrics }
}
