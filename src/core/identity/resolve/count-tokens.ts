import type { Comparison } from "./comparison-plan.ts"
import type { Pools } from "./pools.ts"
import { nothing, type PreparedRecord } from "./prepared-record.ts"
import type { TokenPool } from "./token-pool.ts"

/** Counts in each pool how many groups of records have each token; `groupOf` names the group of a record, which counts a token once. */
export function countTokens(
  records: readonly PreparedRecord[],
  comparisons: readonly Comparison[],
  pools: Pools,
  groupOf?: Int32Array,
): void {
  const order = groupOf === undefined ? undefined : orderByGroup(groupOf)
  const count = (pool: TokenPool, tokensOf: (record: PreparedRecord) => readonly number[]) => {
    const counts = new Float64Array(pool.texts.length)
    const lastGroup = new Int32Array(pool.texts.length).fill(-1)
    let holders = 0
    let lastHolder = -1
    for (let n = 0; n < records.length; n++) {
      const position = order === undefined ? n : order[n]!
      const group = groupOf === undefined ? n : groupOf[position]!
      const tokens = tokensOf(records[position]!)
      if (tokens.length === 0) continue
      if (lastHolder !== group) holders++
      lastHolder = group
      for (const token of tokens) {
        if (token < 0 || lastGroup[token] === group) continue
        lastGroup[token] = group
        counts[token]!++
      }
    }
    pool.setCounts(counts, holders)
  }
  const everyThird = (values: readonly number[], from: number) => values.filter((_, n) => n % 3 === from)
  comparisons.forEach(({ kind }, n) => {
    const pool = pools.byComparison[n]!
    if (kind === "where") {
      count(pools.address, ({ address }) => address)
      count(pools.town, ({ town }) => town)
      count(pools.townName, ({ townName }) => (townName === nothing ? [] : [townName]))
      count(pools.postcode, ({ postcode }) => (postcode === nothing ? [] : [postcode]))
    } else if (kind === "email") {
      count(pool, ({ values }) => everyThird(values[n]!, 0))
      count(pools.mailbox, ({ values }) => everyThird(values[n]!, 1))
      count(pools.domain, ({ values }) => everyThird(values[n]!, 2))
    } else if (kind === "date") {
      for (const { values } of records) for (const date of values[n]!) pool.intern(String(date))
      count(pool, ({ values }) => values[n]!.map((date) => pool.find(String(date))!))
    } else count(pool, ({ values }) => values[n]!)
  })
}

function orderByGroup(groupOf: Int32Array): Int32Array {
  const order = Int32Array.from(groupOf, (_, n) => n)
  return order.sort((a, b) => groupOf[a]! - groupOf[b]! || a - b)
}
