import { type AddKey, blockKeysOf } from "./block-keys.ts"
import { type LevelVector, recordComparer } from "./compare-records.ts"
import type { IdentityModel } from "./identity-model.ts"
import { logOddsOf } from "./level-weights.ts"
import type { PersonRecord } from "./person-record.ts"
import { allPools, createPools } from "./pools.ts"
import { type PreparedRecord, recordPreparer } from "./prepared-record.ts"

/** A model ready to compare records. */
export interface OpenModel {
  model: IdentityModel
  prepare: (record: PersonRecord) => PreparedRecord
  /** Tells the keys under which a record is found. */
  keysOf: (record: PreparedRecord, add: AddKey) => void
  /** The answer is overwritten by the next call. */
  compare: (a: PreparedRecord, b: PreparedRecord) => LevelVector
  /** Returns the natural log-odds that two records are of one person. */
  score: (a: PreparedRecord, b: PreparedRecord) => number
}

export function openModel(model: IdentityModel): OpenModel {
  const pools = createPools(model.plan)
  allPools(pools).forEach((pool, n) => {
    const { holders, onceSeen, counts, aliases, hubs } = model.pools[n]!
    const held = Float64Array.from(counts, ([text, count]) => {
      pool.intern(text)
      return count
    })
    pool.setAliases(aliases.map(([a, b]) => [pool.intern(a), pool.intern(b)] as const))
    pool.hubs = new Set(hubs.map((text) => pool.intern(text)))
    pool.setCounts(held, holders, onceSeen)
  })
  const compare = recordComparer(model.plan.comparisons, pools)
  return {
    model,
    prepare: recordPreparer(model.plan, pools),
    keysOf: blockKeysOf(model.plan, pools),
    compare,
    score: (a, b) => logOddsOf(compare(a, b), model.weights),
  }
}
