import { z } from "zod"
import type { Calibrator } from "../measure/calibrator.ts"
import { type ArtifactContent, metadataNumber, type Tensor, tensorValues } from "../preference/artifact.ts"
import { ApiError } from "../problem.ts"
import type { Keep } from "./keep.ts"
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
  calibration: z.union([
    z.object({ method: z.literal("isotonic") }),
    z.object({ method: z.enum(["platt", "beta"]), a: z.number(), b: z.number(), c: z.number() }),
  ]),
})

/** Writes the keep model as tensors and text. */
export function writeKeep({ basis, weights, calibrator, certificates }: Keep): ArtifactContent {
  const { inputs, hidden, bias } = weights
  const isotonic = calibrator.method === "isotonic" ? calibrator : null
  const described = { basis, certificates, calibration: isotonic ? { method: "isotonic" } : calibrator }
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
      ...(isotonic && {
        calibrationAt: { dtype: "F64", shape: [isotonic.at.length], data: isotonic.at },
        calibrationValue: { dtype: "F64", shape: [isotonic.value.length], data: isotonic.value },
      }),
    },
  }
}

/** Reads what `writeKeep` wrote; throws `incompatibleArtifact` for missing tensors or wrong shapes. */
export function readKeep(content: ArtifactContent): Keep {
  const { basis, certificates, calibration } = describedOf(content)
  const inputs = keepFeatureNames.length
  const hidden = tensorValues(content, "out", "F32", [-1]).length
  const read = (name: string, ...shape: number[]) => tensorValues(content, name, "F32", shape)
  return {
    basis,
    certificates,
    calibrator: calibratorOf(content, calibration),
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

/** Whether this code computes the features that an artifact was learnt from. */
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

function calibratorOf(
  content: ArtifactContent,
  calibration: z.infer<typeof describedSchema>["calibration"],
): Calibrator {
  if (calibration.method !== "isotonic") return calibration
  const at = tensorValues(content, "calibrationAt", "F64", [-1])
  return { method: "isotonic", at, value: tensorValues(content, "calibrationValue", "F64", [at.length]) }
}

const floats = (data: Float32Array, ...shape: number[]): Tensor => ({ dtype: "F32", shape, data })
