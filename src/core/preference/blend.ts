import { ApiError } from "../problem.ts"
import { type ArtifactContent, type Tensor, tensorValues } from "./artifact.ts"

export const partNames = ["factors", "neighbors", "intent", "habit", "popularity"] as const
export type PartName = (typeof partNames)[number]

/** One score an item from each model. */
export type Parts = Readonly<Record<PartName, Float32Array>>

/** How much of each part; not negative, summing to one. */
export type PartWeights = Readonly<Record<PartName, number>>

/** The weights of each repeat policy, chosen on validation. */
export interface BlendWeights {
  allowed: PartWeights
  excluded: PartWeights
}

export type Repeats = keyof BlendWeights

/** What one unit of a part is worth in the blended score: its weight over its highest score among `eligible` items (mask, 1 = yes). */
export function partScales(parts: Parts, weights: PartWeights, eligible: Uint8Array): Record<PartName, number> {
  const scales = { factors: 0, neighbors: 0, intent: 0, habit: 0, popularity: 0 }
  for (const name of partNames) {
    const scores = parts[name]
    let highest = 0
    for (let row = 0; row < scores.length; row++) {
      if (eligible[row] === 1 && scores[row]! > highest) highest = scores[row]!
    }
    scales[name] = highest > 0 ? weights[name] / highest : 0
  }
  return scales
}

/** Writes into `out` the sum of the scaled parts, so that every share of a part is a share of the score. */
export function blend(parts: Parts, scales: PartWeights, out: Float32Array): void {
  const { factors, neighbors, intent, habit, popularity } = parts
  for (let row = 0; row < out.length; row++) {
    out[row] =
      scales.factors * factors[row]! +
      scales.neighbors * neighbors[row]! +
      scales.intent * intent[row]! +
      scales.habit * habit[row]! +
      scales.popularity * popularity[row]!
  }
}

export const writeBlend = ({ allowed, excluded }: BlendWeights): ArtifactContent => ({
  metadata: { model: "blend", parts: JSON.stringify(partNames) },
  tensors: { allowed: toTensor(allowed), excluded: toTensor(excluded) },
})

export function readBlend(content: ArtifactContent): BlendWeights {
  if (content.metadata.parts !== JSON.stringify(partNames)) {
    throw new ApiError("incompatibleArtifact", `write the metadata entry parts as ${JSON.stringify(partNames)}`)
  }
  return { allowed: fromTensor(content, "allowed"), excluded: fromTensor(content, "excluded") }
}

function toTensor(weights: PartWeights): Tensor {
  return { dtype: "F64", shape: [partNames.length], data: Float64Array.from(partNames, (name) => weights[name]) }
}

function fromTensor(content: ArtifactContent, name: Repeats): PartWeights {
  const [factors, neighbors, intent, habit, popularity] = tensorValues(content, name, "F64", [partNames.length])
  return { factors: factors!, neighbors: neighbors!, intent: intent!, habit: habit!, popularity: popularity! }
}
