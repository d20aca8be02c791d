import type { BlockCaps } from "./block-index.ts"
import type { ComparisonPlan } from "./comparison-plan.ts"
import type { LevelWeights } from "./level-weights.ts"
import { allPools, type Pools } from "./pools.ts"

/** Log-odds at which clusters join. */
interface Thresholds {
  /** Mean of the pairs' log-odds at and above which two clusters are taken for one person. */
  join: number
  /** Mean at and above which they join without review. */
  automatic: number
}

/** People who have each value of a field, and values that mean the same or nobody. */
export interface PoolCounts {
  holders: number
  onceSeen: number
  /** Values of two and more holders. */
  counts: readonly (readonly [text: string, count: number])[]
  aliases: readonly (readonly [text: string, text: string])[]
  hubs: readonly string[]
}

/** All that comparing needs, as data: an edge scored under a version can be explained by it. */
export interface IdentityModel {
  version: string
  plan: ComparisonPlan
  caps: BlockCaps
  weights: LevelWeights
  thresholds: Thresholds
  pools: readonly PoolCounts[]
}

/** Returns the counts of all pools, to be kept in a model. */
export const poolCountsOf = (pools: Pools): PoolCounts[] =>
  allPools(pools).map((pool) => ({
    holders: pool.holders,
    onceSeen: pool.onceSeen,
    counts: pool.texts.flatMap((text, id) => (pool.counts[id]! >= 2 ? [[text, pool.counts[id]!] as const] : [])),
    aliases: pool.aliases.map(([a, b]) => [pool.texts[a]!, pool.texts[b]!] as const),
    hubs: [...pool.hubs].map((id) => pool.texts[id]!),
  }))
