import { createRandom, shuffled as shuffledNumbers } from "../../random.ts"

/** Returns the numbers below `count` in an order given by the seed. */
const permutation = (count: number, ...seed: readonly number[]): Int32Array =>
  shuffledNumbers(count, createRandom(...seed))

/** Returns a name for each number, so that the order of names says nothing of the numbers. */
export function namesOf(numbers: Iterable<number>, ...seed: readonly number[]): ReadonlyMap<number, string> {
  const distinct = [...new Set(numbers)].sort((a, b) => a - b)
  const order = permutation(distinct.length, ...seed)
  const digits = String(distinct.length).length
  return new Map(distinct.map((number, n) => [number, String(order[n]!).padStart(digits, "0")]))
}

/** Returns the values in an order given by the seed. */
export const shuffled = <T>(values: readonly T[], ...seed: readonly number[]): T[] =>
  Array.from(permutation(values.length, ...seed), (n) => values[n]!)
