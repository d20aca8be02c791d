import {
  customerColumns,
  customerFeatures,
  pairWidth,
  writePairFeatures,
} from "../../src/core/repurchase/rebuy-features.ts"
import { visitsOf } from "../../src/core/repurchase/visits.ts"
import type { Random } from "../random.ts"
import type { Examples } from "./fit-trees.ts"
import type { Outcome } from "./outcomes.ts"
import type { Lesson } from "./training-snapshot.ts"

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

/** What customers bought before, and whether they buy it again: every yes, and of the noes a drawn share that stands for all. */
export function pairExamples(lessons: readonly Lesson[], { of, mostNoes, random }: PairSampling): Examples {
  const noes = lessons.reduce((sum, lesson) => sum + countNoes(lesson, of), 0)
  const share = Math.min(1, mostNoes / Math.max(1, noes))
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
        const yes = outcome.bought.has(itemId)
        if (item.purchaseTimes.length === 0 || (!yes && random() >= share)) continue
        const row = new Float32Array(pairWidth)
        writePairFeatures({ customer, visits, item, itemId }, lesson, lesson.cut, row, 0)
        rows.push(row)
        target.push(yes ? 1 : 0)
        weight.push(yes ? 1 : 1 / share)
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

function countNoes({ histories, outcomes }: Lesson, of: PairSampling["of"]): number {
  let noes = 0
  histories.forEach(({ items }, index) => {
    const outcome = outcomes[index]!
    if (!of(outcome)) return
    for (const itemId in items) if (items[itemId]!.purchaseTimes.length > 0 && !outcome.bought.has(itemId)) noes++
  })
  return noes
}

function joined(rows: readonly Float32Array[], width: number): Float32Array {
  const all = new Float32Array(rows.length * width)
  rows.forEach((row, n) => {
    all.set(row, n * width)
  })
  return all
}
