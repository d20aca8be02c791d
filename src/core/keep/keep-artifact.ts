import { z } from "zod"
import { type ArtifactContent, metadataNumber, type Tensor, tensorValues } from "../artifact/artifact.ts"
import {
  calibratorTensors,
  describeCalibrator,
  describedCalibratorSchema,
  readCalibrator,
} from "../artifact/calibrator-artifact.ts"
import { ApiError } from "../problem/problem.ts"
import type { KeepModel } from "./keep.ts"
import { keepFeatureNames, keepFeaturesVersion } from "./keep-features.ts"

const describedSchema = z.object({
  basis: z.enum(["sends", "purchases"]),
  certificates: z.array(
    z.object({
      promise: z.number(),
      cutoff: z.number().nullable(),
      keptShare: z.number().nullable(),
      lower: z.number().nullable(),
      allowance: z.number().nullable(),
      sends: z.number(),
    }),
  ),
  calibration: describedCalibratorSchema,
})

/** Encodes a keep model as tensors and metadata. */
export function writeKeep({ basis, weights, calibrator, certificates }: KeepModel): ArtifactContent {
  const { inputs, hidden, bias } = weights
  const described = { basis, certificates, calibration: describeCalibrator(calibrator) }
  return {
    metadata: {
      model: "keep",
      featuresVersion: keepFeaturesVersion,
      features: JSON.stringify(keepFeatureNames),
      bias: String(bias),
      described: JSON.stringify(described),
    },
    tensors: {
      center: floats(weights.center, inputs),
      scale: floats(weights.scale, inputs),
      wide: floats(weights.wide, inputs),
      first: floats(weights.first, inputs, hidden),
      firstBias: floats(weights.firstBias, hidden),
      out: floats(weights.out, hidden),
      ...calibratorTensors(calibrator),
    },
  }
}

/** Decodes a keep model; throws `incompatibleArtifact` for missing tensors or wrong shapes. */
export function readKeep(content: ArtifactContent): KeepModel {
  const { basis, certificates, calibration } = describedOf(content)
  const inputs = keepFeatureNames.length
  const hidden = tensorValues(content, "out", "F32", [-1]).length
  const read = (name: string, ...shape: number[]) => tensorValues(content, name, "F32", shape)
  return {
    basis,
    certificates,
    calibrator: readCalibrator(content, calibration),
    weights: {
      inputs,
      hidden,
      bias: metadataNumber(content, "bias"),
      center: read("center", inputs),
      scale: read("scale", inputs),
      wide: read("wide", inputs),
      first: read("first", inputs, hidden),
      firstBias: read("firstBias", hidden),
      out: read("out", hidden),
    },
  }
}

/** Returns whether this code computes the features that an artifact was trained on. */
export const knowsKeepFeatures = ({ metadata }: ArtifactContent): boolean =>
  metadata.featuresVersion === keepFeaturesVersion

function describedOf({ metadata }: ArtifactContent): z.infer<typeof describedSchema> {
  try {
    return describedSchema.parse(JSON.parse(metadata.described ?? ""))
  } catch {
    throw new ApiError(
      "incompatibleArtifact",
      "write the metadata entry described as JSON: basis, certificates, calibration",
    )
  }
}

const floats = (data: Float32Array, ...shape: number[]): Tensor => ({ dtype: "F32", shape, data })
