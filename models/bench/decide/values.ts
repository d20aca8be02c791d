import type { Moment } from "./decision-shop.ts"

/** The mean true worth of a policy's distributions; each is in the order of nothing and the moment's survivors. */
export const meanWorth = (moments: readonly Moment[], distributions: readonly ArrayLike<number>[]): number =>
  moments.reduce(
    (sum, { worth }, n) => sum + worth.reduce((all, value, option) => all + distributions[n]![option + 1]! * value, 0),
    0,
  ) / moments.length

/** Each of nothing and the survivors as likely. */
export const randomDistribution = ({ survivors }: Moment): number[] =>
  new Array<number>(survivors.length + 1).fill(1 / (survivors.length + 1))

/** All on the option of most expected worth; `expected` is P(accept | offered) of each survivor. */
export function greedyDistribution({ survivors }: Moment, expected: ArrayLike<number>): number[] {
  const worths = [0, ...survivors.map(({ value, cost }, option) => expected[option]! * value - cost)]
  const best = worths.indexOf(Math.max(...worths))
  return worths.map((_, option) => (option === best ? 1 : 0))
}

/** Returns the value of the best single offer, made wherever it survives. */
export function bestSingleValue(moments: readonly Moment[]): number {
  const sums = new Map<string, number>()
  for (const { survivors, worth } of moments)
    survivors.forEach(({ id }, option) => {
      sums.set(id, (sums.get(id) ?? 0) + worth[option]!)
    })
  return Math.max(0, ...sums.values()) / moments.length
}
