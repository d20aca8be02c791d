import { discount, idealGain } from "../../src/core/measure/ranking-metrics.ts"
import {
  blend,
  type PartName,
  type Parts,
  type PartWeights,
  partNames,
  partScales,
} from "../../src/core/preference/blend.ts"
import { topRows } from "../../src/core/preference/top-rows.ts"

/** One question of the validation window, cut down to the rows that any part puts among its best. */
export interface BlendCase {
  parts: Parts
  eligible: Uint8Array
  /** 1 where the row is relevant. */
  relevant: Uint8Array
  /** How many items are relevant, with those no row stands for. */
  wanted: number
}

const depth = 20
const candidatesPerPart = 100

/** Keeps, of a question's rows, the best of each part; the highest score of each part stays among them, so its scale stays. */
export function blendCase(
  parts: Parts,
  eligible: Uint8Array,
  relevantRows: ReadonlySet<number>,
  wanted: number,
): BlendCase {
  const kept = new Set<number>()
  for (const name of partNames) for (const row of topRows(parts[name], eligible, candidatesPerPart)) kept.add(row)
  const rows = [...kept].sort((a, b) => a - b)
  const pick = (name: PartName) => Float32Array.from(rows, (row) => parts[name][row]!)
  return {
    parts: {
      factors: pick("factors"),
      neighbors: pick("neighbors"),
      intent: pick("intent"),
      habit: pick("habit"),
      popularity: pick("popularity"),
    },
    eligible: new Uint8Array(rows.length).fill(1),
    relevant: Uint8Array.from(rows, (row) => (relevantRows.has(row) ? 1 : 0)),
    wanted,
  }
}

/** The mean NDCG@20 of the served blend with these weights. */
export function blendQuality(cases: readonly BlendCase[], weights: PartWeights): number {
  let total = 0
  for (const { parts, eligible, relevant, wanted } of cases) {
    const scores = new Float32Array(eligible.length)
    blend(parts, partScales(parts, weights, eligible), scores)
    let gain = 0
    topRows(scores, eligible, depth).forEach((row, place) => {
      if (relevant[row] === 1) gain += discount(place)
    })
    total += gain / idealGain(Math.min(depth, wanted))
  }
  return cases.length === 0 ? 0 : total / cases.length
}

/** Moves weight between parts in ever smaller steps as long as the validation NDCG@20 grows; deterministic. */
export function fitBlend(
  cases: readonly BlendCase[],
  start: PartWeights,
  parts: readonly PartName[] = partNames,
): { weights: PartWeights; ndcg20: number } {
  let best = { weights: start, ndcg20: blendQuality(cases, start) }
  for (const step of [1, 0.5, 0.25, 0.1, 0.05, 0.025]) {
    for (let improved = true; improved; ) {
      improved = false
      for (const part of parts) {
        for (const weights of [towards(best.weights, part, step), awayFrom(best.weights, part, step)]) {
          const ndcg20 = blendQuality(cases, weights)
          if (ndcg20 > best.ndcg20 + 1e-6) {
            best = { weights, ndcg20 }
            improved = true
          }
        }
      }
    }
  }
  return best
}

const towards = (weights: PartWeights, part: PartName, step: number): PartWeights =>
  normalised({ ...weights, [part]: weights[part] + step })

const awayFrom = (weights: PartWeights, part: PartName, step: number): PartWeights =>
  normalised({ ...weights, [part]: Math.max(0, weights[part] - step) })

function normalised(weights: PartWeights): PartWeights {
  const total = partNames.reduce((sum, name) => sum + weights[name], 0)
  if (total === 0) return { ...weights, popularity: 1 }
  const { factors, neighbors, intent, habit, popularity } = weights
  return {
    factors: factors / total,
    neighbors: neighbors / total,
    intent: intent / total,
    habit: habit / total,
    popularity: popularity / total,
  }
}
