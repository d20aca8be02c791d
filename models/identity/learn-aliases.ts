import { compareTokens } from "../../src/core/identity/resolve/compare-tokens.ts"
import type { TokenPool } from "../../src/core/identity/resolve/token-pool.ts"

/** People in whose records one word stands where another does, before the two are taken for forms of one. */
const leastVotes = 5
/** Ratio of votes to those that chance would give. */
const leastLift = 8

/** Pairs of lists of tokens in records of one person, with the person. */
export interface AliasVote {
  a: readonly number[]
  b: readonly number[]
  person: number
}

/** Returns pairs of words that stand for each other, such as nicknames, in no language in particular. */
export function learnAliases(votes: readonly AliasVote[], pool: TokenPool): (readonly [number, number])[] {
  const peopleOf = new Map<number, Set<number>>()
  const total = new Map<number, Set<number>>()
  const everybody = new Set<number>()
  for (const { a, b, person } of votes) {
    const { leftA, leftB } = compareTokens(a, b, pool)
    const [one, other] = [onlyToken(a, leftA), onlyToken(b, leftB)]
    if (one === undefined || other === undefined) continue
    if (pool.texts[one]!.length < 2 || pool.texts[other]!.length < 2) continue
    const [low, high] = one < other ? [one, other] : [other, one]
    add(peopleOf, low * keySpan + high, person)
    add(total, one, person)
    add(total, other, person)
    everybody.add(person)
  }
  const found: (readonly [number, number])[] = []
  for (const [key, people] of peopleOf) {
    const [low, high] = [Math.floor(key / keySpan), key % keySpan]
    const lift = (people.size * everybody.size) / (total.get(low)!.size * total.get(high)!.size)
    if (people.size >= leastVotes && lift > leastLift) found.push([low, high])
  }
  return found.sort(([a, b], [c, d]) => a - c || b - d)
}

const keySpan = 2 ** 26

/** Returns the token of the one bit that is set. */
function onlyToken(tokens: readonly number[], left: number): number | undefined {
  return left === 0 || (left & (left - 1)) !== 0 ? undefined : tokens[31 - Math.clz32(left)]
}

function add(sets: Map<number, Set<number>>, key: number, value: number): void {
  const held = sets.get(key)
  if (held === undefined) sets.set(key, new Set([value]))
  else held.add(value)
}
