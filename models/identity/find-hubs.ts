import { compareTokens } from "../../src/core/identity/resolve/compare-tokens.ts"
import type { Comparison } from "../../src/core/identity/resolve/comparison-plan.ts"
import type { Pools } from "../../src/core/identity/resolve/pools.ts"
import type { PreparedRecord } from "../../src/core/identity/resolve/prepared-record.ts"

/** Records that a value needs before it can be a hub: more than a household has. */
const leastHolders = 5
/** Pairs of its holders that are looked at. */
const mostHolders = 30
const leastPairs = 4
/** Share of pairs without one name in common, from which on a value is a hub. A family shares a name. */
const strangersShare = 0.5

/** Marks values of identifiers that people without a name in common share (a shop's telephone, a till's address), and returns who has one. */
export function findHubs(
  records: readonly PreparedRecord[],
  comparisons: readonly Comparison[],
  pools: Pools,
): number[] {
  const nameAt = comparisons.findIndex(({ kind }) => kind === "name")
  if (nameAt < 0) return []
  const touched = new Set<number>()
  comparisons.forEach(({ kind }, n) => {
    if (kind !== "email" && kind !== "phone" && kind !== "identifier") return
    const holders = holdersOf(records, n, kind === "email" ? 3 : 1)
    const hubs = new Set<number>()
    for (const [value, of] of holders) {
      if (of.length < leastHolders || !areStrangers(of, records, nameAt, pools)) continue
      hubs.add(value)
      for (const position of of) touched.add(position)
    }
    pools.byComparison[n]!.hubs = hubs
  })
  return [...touched].sort((a, b) => a - b)
}

function holdersOf(records: readonly PreparedRecord[], n: number, step: number): Map<number, number[]> {
  const holders = new Map<number, number[]>()
  records.forEach(({ values }, position) => {
    for (let at = 0; at < values[n]!.length; at += step) {
      const held = holders.get(values[n]![at]!)
      if (held === undefined) holders.set(values[n]![at]!, [position])
      else held.push(position)
    }
  })
  return holders
}

function areStrangers(
  holders: readonly number[],
  records: readonly PreparedRecord[],
  nameAt: number,
  pools: Pools,
): boolean {
  const names = holders.map((position) => records[position]!.values[nameAt]!).filter((tokens) => tokens.length > 0)
  const looked = names.slice(0, mostHolders)
  let [pairs, strangers] = [0, 0]
  for (let i = 0; i < looked.length; i++) {
    for (let j = i + 1; j < looked.length; j++) {
      const { exact, near, similar, initials } = compareTokens(looked[i]!, looked[j]!, pools.byComparison[nameAt]!)
      pairs++
      if (exact + near + similar + initials === 0) strangers++
    }
  }
  return pairs >= leastPairs && strangers >= strangersShare * pairs
}
