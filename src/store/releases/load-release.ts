import { setImmediate } from "node:timers/promises"
import type { ArtifactContent } from "../../core/artifact/artifact.ts"
import { ApiError } from "../../core/problem/problem.ts"
import { decodingRelease } from "../../core/release/decode-release.ts"
import { modelNames, optionalModelNames, type Release, type ReleaseContents } from "../../core/release/release.ts"
import { decodeArtifact } from "./decode-artifact.ts"
import type { ReleaseRecord, ReleaseStore } from "./releases.ts"

/**
 * Reads a release's artifacts, checks their bytes and format, and decodes them; throws `incompatibleArtifact`. One artifact after
 * the other and with turns of the event loop between, so that requests wait for a promotion no longer than for one step.
 */
export async function loadRelease(releases: ReleaseStore, record: ReleaseRecord): Promise<Release> {
  const missing = modelNames.find((model) => record.artifacts[model] === undefined)
  if (missing) throw new ApiError("incompatibleArtifact", `release ${record.id} has no ${missing}: train again`)
  const present = [...modelNames, ...optionalModelNames].filter((model) => record.artifacts[model] !== undefined)
  const contents: [string, ArtifactContent][] = []
  for (const model of present) {
    const { bytes } = await releases.readArtifact(record.artifacts[model]!)
    contents.push([model, decodeArtifact(bytes)])
  }
  const trainedUntil = Number(record.manifest.trainedUntil ?? record.createdAt)
  const facts = { id: record.id, createdAt: record.createdAt, trainedUntil }
  const steps = decodingRelease(facts, Object.fromEntries(contents) as unknown as ReleaseContents)
  for (;;) {
    const { done, value } = steps.next()
    if (done) return value
    await setImmediate()
  }
}
