import { decodeRelease } from "../core/preference/decode-release.ts"
import { modelNames, optionalModelNames, type Release, type ReleaseContents } from "../core/preference/release.ts"
import { ApiError } from "../core/problem.ts"
import type { ReleaseRecord, ReleaseStore } from "./releases.ts"
import { decodeSafetensors } from "./safetensors.ts"

/** Reads a release's artifacts, checks their bytes and format, and decodes them; throws `incompatibleArtifact`. */
export async function loadRelease(releases: ReleaseStore, record: ReleaseRecord): Promise<Release> {
  const missing = modelNames.find((model) => record.artifacts[model] === undefined)
  if (missing) throw new ApiError("incompatibleArtifact", `release ${record.id} has no ${missing}: train again`)
  const present = [...modelNames, ...optionalModelNames].filter((model) => record.artifacts[model] !== undefined)
  const contents = await Promise.all(
    present.map(async (model) => {
      const { bytes } = await releases.readArtifact(record.artifacts[model]!)
      return [model, decodeSafetensors(bytes)] as const
    }),
  )
  const trainedUntil = Number(record.manifest.trainedUntil ?? record.createdAt)
  return decodeRelease(
    { id: record.id, createdAt: record.createdAt, trainedUntil },
    Object.fromEntries(contents) as unknown as ReleaseContents,
  )
}
