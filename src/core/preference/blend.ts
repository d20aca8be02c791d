import { z } from "zod"
import { type ArtifactContent, metadataNumber, type Tensor, tensorValues } from "../artifact/artifact.ts"
import { ApiError } from "../problem/problem.ts"
import { featureWidth, sharedFeatures } from "./features.ts"
import type { RankerWeights } from "./ranker.ts"
import { type PartName, partNames, type Repeats, repeatPolicies } from "./scorers.ts"

/** How the parts add up under one repeat policy: which of them propose and score answers, and the ranker over their features. */
export interface Blend extends RankerWeights {
  parts: readonly PartName[]
  /** The best rows of each part that become candidates … */
  depth: number
  /** … and how many candidates the ranker orders at most. */
  most: number
}

export type BlendWeights = Readonly<Record<Repeats, Blend>>

const featuresText = JSON.stringify(sharedFeatures)

/** A blend without hidden units: each part counts its score, relative to its highest, times its weight. */
export function linearBlend(weights: Partial<Record<PartName, number>>, { depth = 60, most = 200 } = {}): Blend {
  const parts = partNames.filter((part) => weights[part] !== undefined)
  const linear = new Float32Array(featureWidth(parts))
  parts.forEach((part, n) => {
    linear[3 * n + 1] = weights[part]!
  })
  const none = new Float32Array(0)
  return { parts, depth, most, hidden: none, bias: none, output: none, linear }
}

export const writeBlend = (blends: BlendWeights): ArtifactContent => {
  const metadata: Record<string, string> = { model: "blend", features: featuresText }
  const tensors: Record<string, Tensor> = {}
  for (const policy of repeatPolicies) {
    const { parts, depth, most, hidden, bias, output, linear } = blends[policy]
    metadata[`${policy}.parts`] = JSON.stringify(parts)
    metadata[`${policy}.depth`] = String(depth)
    metadata[`${policy}.most`] = String(most)
    tensors[`${policy}.hidden`] = { dtype: "F32", shape: [bias.length, linear.length], data: hidden }
    tensors[`${policy}.bias`] = { dtype: "F32", shape: [bias.length], data: bias }
    tensors[`${policy}.output`] = { dtype: "F32", shape: [output.length], data: output }
    tensors[`${policy}.linear`] = { dtype: "F32", shape: [linear.length], data: linear }
  }
  return { metadata, tensors }
}

/** Throws `incompatibleArtifact` unless the ranker was learnt on the features this code computes. */
export function readBlend(content: ArtifactContent): BlendWeights {
  if (content.metadata.features !== featuresText) {
    throw new ApiError("incompatibleArtifact", `train again, or write the metadata entry features as ${featuresText}`)
  }
  return { allowed: readPolicy(content, "allowed"), excluded: readPolicy(content, "excluded") }
}

const partsSchema = z.array(z.enum(partNames)).min(1)

function readPolicy(content: ArtifactContent, policy: Repeats): Blend {
  const parts = partsSchema.safeParse(parseJson(content.metadata[`${policy}.parts`] ?? ""))
  if (!parts.success || new Set(parts.data).size !== parts.data.length) {
    throw new ApiError(
      "incompatibleArtifact",
      `write the metadata entry ${policy}.parts as a JSON array of distinct names among ${partNames.join(", ")}`,
    )
  }
  const bias = tensorValues(content, `${policy}.bias`, "F32", [-1])
  const width = featureWidth(parts.data)
  return {
    parts: parts.data,
    depth: metadataNumber(content, `${policy}.depth`),
    most: metadataNumber(content, `${policy}.most`),
    hidden: tensorValues(content, `${policy}.hidden`, "F32", [bias.length, width]),
    bias,
    output: tensorValues(content, `${policy}.output`, "F32", [bias.length]),
    linear: tensorValues(content, `${policy}.linear`, "F32", [width]),
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
