import { z } from "zod"
import { type ArtifactContent, tensorValues } from "../artifact/artifact.ts"
import { readItems } from "../artifact/item-index.ts"
import { ApiError } from "../problem/problem.ts"
import type { ChoiceModel } from "./choice.ts"
import { choiceFeatureNames, choiceFeaturesVersion } from "./choice-features.ts"

const describedSchema = z.object({
  center: z.object({ item: z.number(), orders: z.number() }),
  transfer: z.object({ orders: z.number(), item: z.number() }),
  /** Absent from releases of before. */
  paid: z
    .object({ mean: z.number(), within: z.number().positive(), between: z.number().positive() })
    .nullable()
    .default(null),
})

/** Writes the model as tensors and text; what it was measured by goes to the release's manifest. */
export const writeChoice = ({ weights, sample, center, transfer, paid }: ChoiceModel): ArtifactContent => ({
  metadata: {
    model: "choice",
    featuresVersion: choiceFeaturesVersion,
    items: JSON.stringify(sample.itemIds),
    described: JSON.stringify({ center, transfer, paid }),
  },
  tensors: {
    weights: { dtype: "F64", shape: [weights.length], data: weights },
    sampleWeights: { dtype: "F64", shape: [sample.weights.length], data: sample.weights },
  },
})

/** Reads what `writeChoice` wrote; `null` if it was learnt from other features than this code computes; throws `incompatibleArtifact` where something is missing. */
export function readChoice(content: ArtifactContent): ChoiceModel | null {
  if (content.metadata.featuresVersion !== choiceFeaturesVersion) return null
  const itemIds = readItems(content)
  return {
    ...describedOf(content),
    weights: tensorValues(content, "weights", "F64", [choiceFeatureNames.length]),
    sample: { itemIds, weights: tensorValues(content, "sampleWeights", "F64", [itemIds.length]) },
  }
}

function describedOf({ metadata }: ArtifactContent): z.infer<typeof describedSchema> {
  try {
    return describedSchema.parse(JSON.parse(metadata.described ?? ""))
  } catch {
    throw new ApiError("incompatibleArtifact", "write the metadata entry described as JSON: center, transfer")
  }
}
