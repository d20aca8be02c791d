import type { LevelVector } from "./compare-records.ts"
import { missingCell } from "./comparison-plan.ts"

/** Natural logarithms of the probabilities of a comparison's cells. */
export interface CellWeights {
  /** In pairs of records of one person. */
  match: readonly number[]
  /** In pairs of relatives: people who share a home, a name, a telephone. */
  related: readonly number[]
  /** In pairs of strangers; agreements on a value have the chance of that value instead. */
  unrelated: readonly number[]
}

/** Weights of evidence (Fellegi and Sunter, JASA 1969), with relatives as a third kind of pair. */
export interface LevelWeights {
  comparisons: readonly CellWeights[]
  /** Shares of all pairs of records. */
  matchShare: number
  relatedShare: number
}

/** Returns the natural log-odds that two records are of one person. */
export function logOddsOf({ cells, logChances }: LevelVector, weights: LevelWeights): number {
  const { comparisons, matchShare, relatedShare } = weights
  let match = Math.log(matchShare)
  let related = 0
  for (let n = 0; n < comparisons.length; n++) {
    const cell = cells[n]!
    if (cell === missingCell) continue
    const { match: matches, related: relatives, unrelated } = comparisons[n]!
    const chance = logChances[n]! === 0 ? unrelated[cell]! : logChances[n]!
    match += matches[cell]! - chance
    related += relatives[cell]! - chance
  }
  return match - Math.log(1 - matchShare - relatedShare + relatedShare * Math.exp(related))
}

/** Returns the natural log-odds of two records of which nothing is known. */
export const priorOf = ({ matchShare }: LevelWeights): number => Math.log(matchShare / (1 - matchShare))
