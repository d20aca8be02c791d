import { z } from "zod"
import { type ArtifactContent, metadataNumber, type Tensor, tensorValues } from "../artifact/artifact.ts"
import { ApiError } from "../problem/problem.ts"
import { parseJson } from "../schema/parse-json.ts"
import { featureWidth, sharedFeatures } from "./features.ts"
import type { RankerWeights } from "./ranker.ts"
import { type Repeats, repeatPolicies, type ScorerName, scorerNames } from "./scorers.ts"

/** The blend of scorers under one repeat policy: those that generate and score candidates, and the ranker over their features. */
export interface Blend extends RankerWeights {
  scorers: readonly ScorerName[]
  /** The best rows of each scorer that become candidates … */
  candidatesPerScorer: number
  /** … and how many candidates the ranker orders at most. */
  maxCandidates: number
  /** Least share of a list for what its customer never bought, as learnt; absent where none was. */
  noveltyShare?: number
}

export type BlendWeights = Readonly<Record<Repeats, Blend>>

const featuresText = JSON.stringify(sharedFeatures)

/** A blend without hidden units: each scorer counts its score, relative to its highest, times its weight. */
export function linearBlend(
  weights: Partial<Record<ScorerName, number>>,
  { candidatesPerScorer = 60, maxCandidates = 200 } = {},
): Blend {
  const scorers = scorerNames.filter((scorer) => weights[scorer] !== undefined)
  const linear = new Float32Array(featureWidth(scorers))
  scorers.forEach((scorer, n) => {
    linear[3 * n + 1] = weights[scorer]!
  })
  const none = new Float32Array(0)
  return { scorers, candidatesPerScorer, maxCandidates, hidden: none, bias: none, output: none, linear }
}

export const writeBlend = (blends: BlendWeights): ArtifactContent => {
  const metadata: Record<string, string> = { model: "blend", features: featuresText }
  const tensors: Record<string, Tensor> = {}
  for (const policy of repeatPolicies) {
    const { scorers, candidatesPerScorer, maxCandidates, noveltyShare, hidden, bias, output, linear } = blends[policy]
    metadata[`${policy}.scorers`] = JSON.stringify(scorers)
    metadata[`${policy}.candidatesPerScorer`] = String(candidatesPerScorer)
    metadata[`${policy}.maxCandidates`] = String(maxCandidates)
    if (noveltyShare !== undefined) metadata[`${policy}.noveltyShare`] = String(noveltyShare)
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

const scorersSchema = z.array(z.enum(scorerNames)).min(1)

function readPolicy(content: ArtifactContent, policy: Repeats): Blend {
  const scorers = scorersSchema.safeParse(parseJson(content.metadata[`${policy}.scorers`] ?? ""))
  if (!scorers.success || new Set(scorers.data).size !== scorers.data.length) {
    throw new ApiError(
      "incompatibleArtifact",
      `write the metadata entry ${policy}.scorers as a JSON array of distinct names among ${scorerNames.join(", ")}`,
    )
  }
  const bias = tensorValues(content, `${policy}.bias`, "F32", [-1])
  const width = featureWidth(scorers.data)
  return {
    scorers: scorers.data,
    candidatesPerScorer: metadataNumber(content, `${policy}.candidatesPerScorer`),
    maxCandidates: metadataNumber(content, `${policy}.maxCandidates`),
    ...(`${policy}.noveltyShare` in content.metadata && {
      noveltyShare: metadataNumber(content, `${policy}.noveltyShare`),
    }),
    hidden: tensorValues(content, `${policy}.hidden`, "F32", [bias.length, width]),
    bias,
    output: tensorValues(content, `${policy}.output`, "F32", [bias.length]),
    linear: tensorValues(content, `${policy}.linear`, "F32", [width]),
  }
}
