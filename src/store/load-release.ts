import { decodeRelease } from "../core/preference/decode-release.ts"
import { type ModelName, modelNames, type Release } from "../core/preference/release.ts"
import { ApiError } from "../core/problem.ts"
import type { ReleaseRecord, ReleaseStore } from "./releases.ts"
import { decodeSafetensors } from "./safetensors.ts"

/** Reads a release's artifacts, checks their bytes and format, and decodes them; throws `incompatibleArtifact`. */
export async function loadRelease(releases: ReleaseStore, record: ReleaseRecord): Promise<Release> {
  const contentOf = async (model: ModelName) => {
    const artifactId = record.artifacts[model]
    if (artifactId === undefined)
      throw new ApiError("incompatibleArtifact", `release ${record.id} has no ${model}: train again`)
    const { bytes } = await releases.readArtifact(artifactId)
    return [model, decodeSafetensors(bytes)] as const
  }
  const contents = await Promise.all(modelNames.map(contentOf))
  const trainedUntil = Number(record.manifest.trainedUntil ?? record.createdAt)
  return decodeRelease(
    { id: record.id, createdAt: record.createdAt, trainedUntil },
    Object.fromEntries(contents) as Record<ModelName, (typeof contents)[number][1]>,
  )
}
