import type { DecisionPoint } from "./decision-shop.ts"

/** Returns the mean true value of a policy's distributions; each is in the order of nothing and the point's survivors. */
export const meanValue = (points: readonly DecisionPoint[], distributions: readonly ArrayLike<number>[]): number =>
  points.reduce(
    (sum, { expectedValue }, n) =>
      sum + expectedValue.reduce((all, value, option) => all + distributions[n]![option + 1]! * value, 0),
    0,
  ) / points.length

/** Returns equal probabilities for nothing and the survivors. */
export const randomDistribution = ({ survivors }: DecisionPoint): number[] =>
  new Array<number>(survivors.length + 1).fill(1 / (survivors.length + 1))

/** Puts all probability on the option of the highest expected value; `expected` is P(accept | offered) of each survivor. */
export function greedyDistribution({ survivors }: DecisionPoint, expected: ArrayLike<number>): number[] {
  const values = [0, ...survivors.map(({ value, cost }, option) => expected[option]! * value - cost)]
  const best = values.indexOf(Math.max(...values))
  return values.map((_, option) => (option === best ? 1 : 0))
}

/** Returns the value of the best single offer, made wherever it survives. */
export function bestSingleValue(points: readonly DecisionPoint[]): number {
  const sums = new Map<string, number>()
  for (const { survivors, expectedValue } of points)
    survivors.forEach(({ id }, option) => {
      sums.set(id, (sums.get(id) ?? 0) + expectedValue[option]!)
    })
  return Math.max(0, ...sums.values()) / points.length
}
