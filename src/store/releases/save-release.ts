import type { Actor } from "../../core/access/actor.ts"
import { modelNames, optionalModelNames, type ReleaseContents } from "../../core/release/release.ts"
import type { Manifest, ReleaseStore } from "./releases.ts"
import { encodeSafetensors } from "./safetensors.ts"

/** Saves every model's artifact and the release that binds them; returns the release's id. */
export async function saveRelease(
  releases: ReleaseStore,
  contents: ReleaseContents,
  { manifest, newId, at, actor }: { manifest: Manifest; newId: () => string; at: number; actor: Actor },
): Promise<string> {
  const artifacts: Record<string, string> = {}
  for (const model of [...modelNames, ...optionalModelNames]) {
    const content = contents[model]
    if (content === undefined) continue
    const id = newId()
    const { items: _, ...metadata } = content.metadata
    const { codeVersion, seed, dataRange } = manifest
    const made = { model, codeVersion, seed, dataRange, metadata }
    await releases.saveArtifact({ id, model, manifest: made, bytes: encodeSafetensors(content), at })
    artifacts[model] = id
  }
  const id = newId()
  await releases.save({ id, artifacts, manifest, createdAt: at }, actor)
  return id
}
