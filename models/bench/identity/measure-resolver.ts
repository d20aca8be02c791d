import { openModel } from "../../../src/core/identity/resolve/open-model.ts"
import type { PersonRecord } from "../../../src/core/identity/resolve/person-record.ts"
import { resolveRecords } from "../../../src/core/identity/resolve/resolve-records.ts"
import { type FitOptions, type FittedIdentity, fitIdentity } from "../../identity/fit-identity.ts"
import { pairFigures } from "./pair-figures.ts"

/** Resolves records and judges the outcome by the truth; processor time and memory are of learning and joining. */
export function measureResolver(
  records: readonly PersonRecord[],
  truth: readonly (string | number)[],
  options: FitOptions,
): { fitted: FittedIdentity; figures: Record<string, number> } {
  const before = process.cpuUsage()
  const started = performance.now()
  const fitted = fitIdentity(records, options)
  const seconds = (performance.now() - started) / 1000
  const used = process.cpuUsage(before)
  const peakMemoryMB = process.resourceUsage().maxRSS / 1024
  const judged = pairFigures(fitted.clusterOf, truth)
  const { automatic } = fitted.model.thresholds
  const sure = pairFigures(resolveRecords(records, openModel(fitted.model), { threshold: automatic }).clusterOf, truth)
  const joinedPairs = ({ precision, recall }: { precision: number; recall: number }) =>
    precision === 0 ? 0 : recall / precision
  return {
    fitted,
    figures: {
      records: records.length,
      ...judged,
      candidatePairs: fitted.candidatePairs,
      seconds,
      processorSeconds: (used.user + used.system) / 1e6,
      peakMemoryMB,
      autoPrecision: sure.precision,
      autoShare: joinedPairs(judged) === 0 ? 0 : joinedPairs(sure) / joinedPairs(judged),
    },
  }
}

/** Figures with four decimals. */
export const rounded = <T extends object>(figures: T): T =>
  JSON.parse(
    JSON.stringify(figures, (_, value) => (typeof value === "number" ? Math.round(value * 1e4) / 1e4 : value)),
  ) as T
