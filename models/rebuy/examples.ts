import {
  customerColumns,
  customerFeatures,
  pairWidth,
  writePairFeatures,
} from "../../src/core/proactive/rebuy-features.ts"
import { visitsOf } from "../../src/core/proactive/visits.ts"
import type { Random } from "../random.ts"
import type { Examples } from "./fit-trees.ts"
import type { Lesson } from "./lesson.ts"
import type { Outcome } from "./outcomes.ts"

/** Every customer who ever ordered, and whether they order within the horizon. */
export function orderExamples(lessons: readonly Lesson[]): Examples {
  const width = customerColumns.length
  const rows: Float32Array[] = []
  const target: number[] = []
  for (const { histories, outcomes, horizonMs, cut } of lessons) {
    histories.forEach((history, customer) => {
      const visits = visitsOf(history)
      if (visits.times.length === 0) return
      rows.push(customerFeatures(visits, horizonMs, cut))
      target.push(outcomes[customer]!.ordered ? 1 : 0)
    })
  }
  return { width, features: joined(rows, width), target: Uint8Array.from(target) }
}

export interface PairSampling {
  /** Of which customers, by what they went on to do. */
  of: (outcome: Outcome) => boolean
  /** Noes to be learnt from at most, over all lessons. */
  mostNoes: number
  random: Random
}

/**
 * What customers bought before, and whether they buy it again: every yes, and of the noes a drawn share that stands for all, the larger
 * the more often the item was bought, because there the chances are high and each no counts.
 */
export function pairExamples(lessons: readonly Lesson[], { of, mostNoes, random }: PairSampling): Examples {
  const share = drawnShare(countNoes(lessons, of), mostNoes)
  const rows: Float32Array[] = []
  const target: number[] = []
  const weight: number[] = []
  for (const lesson of lessons) {
    lesson.histories.forEach(({ items }, index) => {
      const outcome = lesson.outcomes[index]!
      if (!of(outcome)) return
      const visits = visitsOf({ items })
      const customer = customerFeatures(visits, lesson.horizonMs, lesson.cut)
      for (const itemId in items) {
        const item = items[itemId]!
        if (item.purchaseTimes.length === 0) continue
        const yes = outcome.bought.has(itemId)
        const kept = yes ? 1 : share(item.purchases)
        if (kept < 1 && random() >= kept) continue
        const row = new Float32Array(pairWidth)
        writePairFeatures({ customer, visits, item, itemId }, lesson, lesson.cut, row, 0)
        rows.push(row)
        target.push(yes ? 1 : 0)
        weight.push(1 / kept)
      }
    })
  }
  return {
    width: pairWidth,
    features: joined(rows, pairWidth),
    target: Uint8Array.from(target),
    weight: Float32Array.from(weight),
  }
}

/** Noes by how often the item was bought. */
function countNoes(lessons: readonly Lesson[], of: PairSampling["of"]): Map<number, number> {
  const noes = new Map<number, number>()
  for (const { histories, outcomes } of lessons) {
    histories.forEach(({ items }, index) => {
      const outcome = outcomes[index]!
      if (!of(outcome)) return
      for (const itemId in items) {
        const { purchases, purchaseTimes } = items[itemId]!
        if (purchaseTimes.length > 0 && !outcome.bought.has(itemId)) noes.set(purchases, (noes.get(purchases) ?? 0) + 1)
      }
    })
  }
  return noes
}

/** The share that is drawn of what was bought so often: in proportion to its square, at most all, and about `most` noes in sum. */
function drawnShare(noes: ReadonlyMap<number, number>, most: number): (purchases: number) => number {
  const shareOf = (scale: number) => (purchases: number) => Math.min(1, scale * purchases ** 2)
  const drawn = (scale: number) =>
    [...noes].reduce((sum, [purchases, count]) => sum + count * shareOf(scale)(purchases), 0)
  let [low, high] = [0, 1]
  if (drawn(high) <= most) return shareOf(high)
  for (let step = 0; step < 30; step++) {
    const middle = (low + high) / 2
    if (drawn(middle) > most) high = middle
    else low = middle
  }
  return shareOf(high)
}

function joined(rows: readonly Float32Array[], width: number): Float32Array {
  const all = new Float32Array(rows.length * width)
  rows.forEach((row, n) => {
    all.set(row, n * width)
  })
  return all
}
