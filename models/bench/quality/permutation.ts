import { createRandom, shuffled as shuffledNumbers } from "../../random.ts"

/** The numbers below `count` in an order that belongs to the seed. */
const permutation = (count: number, ...seed: readonly number[]): Int32Array =>
  shuffledNumbers(count, createRandom(...seed))

/** A name for each number, so that names, and whatever orders by them, say nothing of the numbers. */
export function namesOf(numbers: Iterable<number>, ...seed: readonly number[]): ReadonlyMap<number, string> {
  const distinct = [...new Set(numbers)].sort((a, b) => a - b)
  const order = permutation(distinct.length, ...seed)
  const digits = String(distinct.length).length
  return new Map(distinct.map((number, n) => [number, String(order[n]!).padStart(digits, "0")]))
}

/** The values in an order that belongs to the seed. */
export const shuffled = <T>(values: readonly T[], ...seed: readonly number[]): T[] =>
  Array.from(permutation(values.length, ...seed), (n) => values[n]!)
