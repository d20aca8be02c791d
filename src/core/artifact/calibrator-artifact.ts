import { z } from "zod"
import type { Calibrator } from "../measure/calibrator.ts"
import { type ArtifactContent, type Tensor, tensorValues } from "./artifact.ts"

/** A calibrator in an artifact's metadata; the steps of an isotonic one are tensors. */
export const describedCalibratorSchema = z.union([
  z.object({ method: z.literal("isotonic") }),
  z.object({ method: z.enum(["platt", "beta"]), a: z.number(), b: z.number(), c: z.number() }),
])
export type DescribedCalibrator = z.infer<typeof describedCalibratorSchema>

/** Returns the calibrator's entry of the metadata. */
export const describeCalibrator = (calibrator: Calibrator): DescribedCalibrator =>
  calibrator.method === "isotonic" ? { method: "isotonic" } : calibrator

/** Returns the calibrator's tensors; none but for an isotonic one. */
export const calibratorTensors = (calibrator: Calibrator): Record<string, Tensor> =>
  calibrator.method === "isotonic"
    ? {
        calibrationAt: { dtype: "F64", shape: [calibrator.at.length], data: calibrator.at },
        calibrationValue: { dtype: "F64", shape: [calibrator.value.length], data: calibrator.value },
      }
    : {}

/** The calibrator again; throws `incompatibleArtifact` for missing tensors or wrong shapes. */
export function readCalibrator(content: ArtifactContent, described: DescribedCalibrator): Calibrator {
  if (described.method !== "isotonic") return described
  const at = tensorValues(content, "calibrationAt", "F64", [-1])
  return { method: "isotonic", at, value: tensorValues(content, "calibrationValue", "F64", [at.length]) }
}
