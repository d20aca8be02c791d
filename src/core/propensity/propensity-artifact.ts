import { z } from "zod"
import { type ArtifactContent, metadataNumber, type Tensor, tensorValues } from "../artifact/artifact.ts"
import {
  calibratorTensors,
  describeCalibrator,
  describedCalibratorSchema,
  readCalibrator,
} from "../artifact/calibrator-artifact.ts"
import { offerKinds } from "../catalogue/offer.ts"
import { ApiError } from "../problem/problem.ts"
import { channels } from "../schema/channel.ts"
import { candidateFeatureNames, contextFeatureNames, featuresVersion } from "./decision-features.ts"
import type { PropensityNetwork } from "./propensity-network.ts"

const describedSchema = z.object({
  factNames: z.array(z.string()),
  offers: z.array(z.string()),
  examples: z.number().int().nonnegative(),
  known: z.array(
    z.object({ kind: z.enum(offerKinds), channel: z.enum(channels), weight: z.number().min(0).max(1).default(1) }),
  ),
  calibration: describedCalibratorSchema,
})

/** Writes a network as tensors and text; what it was measured by goes to the release's manifest. */
export function writePropensity({
  weights,
  attributeNames,
  rowOf,
  calibrator,
  examples,
  known,
}: PropensityNetwork): ArtifactContent {
  const { inputs, embedding, hidden, bias } = weights
  const [first, second] = hidden
  const described = {
    factNames: attributeNames,
    offers: [...rowOf.keys()],
    examples,
    known,
    calibration: describeCalibrator(calibrator),
  }
  return {
    metadata: { model: "propensity", featuresVersion, bias: String(bias), described: JSON.stringify(described) },
    tensors: {
      center: floats(weights.center, inputs),
      scale: floats(weights.scale, inputs),
      offerVectors: floats(weights.offerVectors, rowOf.size + 1, embedding),
      offerBias: floats(weights.offerBias, rowOf.size + 1),
      wide: floats(weights.wide, inputs),
      cross: floats(weights.cross, inputs, embedding),
      first: floats(weights.first, inputs + embedding, first),
      firstBias: floats(weights.firstBias, first),
      second: floats(weights.second, first, second),
      secondBias: floats(weights.secondBias, second),
      out: floats(weights.out, second),
      ...calibratorTensors(calibrator),
    },
  }
}

/** Reads what `writePropensity` wrote; throws `incompatibleArtifact` for other features, missing tensors or wrong shapes. */
export function readPropensity(content: ArtifactContent): PropensityNetwork {
  if (content.metadata.featuresVersion !== featuresVersion) {
    throw new ApiError("incompatibleArtifact", `train again: this code computes features of version ${featuresVersion}`)
  }
  const { factNames: attributeNames, offers, examples, known, calibration } = describedOf(content)
  const inputs = contextFeatureNames.length + attributeNames.length + candidateFeatureNames.length
  const [, embedding] = shapeOf(content, "offerVectors")
  const [, first] = shapeOf(content, "first")
  const [, second] = shapeOf(content, "second")
  const read = (name: string, ...shape: number[]) => tensorValues(content, name, "F32", shape)
  return {
    attributeNames,
    examples,
    known,
    rowOf: new Map(offers.map((offerId, n) => [offerId, n + 1])),
    calibrator: readCalibrator(content, calibration),
    weights: {
      inputs,
      embedding,
      hidden: [first, second],
      bias: metadataNumber(content, "bias"),
      center: read("center", inputs),
      scale: read("scale", inputs),
      offerVectors: read("offerVectors", offers.length + 1, embedding),
      offerBias: read("offerBias", offers.length + 1),
      wide: read("wide", inputs),
      cross: read("cross", inputs, embedding),
      first: read("first", inputs + embedding, first),
      firstBias: read("firstBias", first),
      second: read("second", first, second),
      secondBias: read("secondBias", second),
      out: read("out", second),
    },
  }
}

function describedOf({ metadata }: ArtifactContent): z.infer<typeof describedSchema> {
  try {
    return describedSchema.parse(JSON.parse(metadata.described ?? ""))
  } catch {
    throw new ApiError(
      "incompatibleArtifact",
      "write the metadata entry described as JSON: factNames, offers, examples, known, calibration",
    )
  }
}

function shapeOf({ tensors }: ArtifactContent, name: string): [number, number] {
  const [rows, columns] = tensors[name]?.shape ?? []
  if (rows === undefined || columns === undefined) {
    throw new ApiError("incompatibleArtifact", `tensor "${name}" must be a matrix`)
  }
  return [rows, columns]
}

const floats = (data: Float32Array, ...shape: number[]): Tensor => ({ dtype: "F32", shape, data })
