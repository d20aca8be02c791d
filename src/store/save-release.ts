import type { ArtifactContent } from "../core/preference/artifact.ts"
import { type ModelName, modelNames } from "../core/preference/release.ts"
import type { Manifest, ReleaseStore } from "./releases.ts"
import { encodeSafetensors } from "./safetensors.ts"

/** Saves every model's artifact and the release that binds them; returns the release's id. */
export async function saveRelease(
  releases: ReleaseStore,
  contents: Readonly<Record<ModelName, ArtifactContent>>,
  { manifest, newId, at }: { manifest: Manifest; newId: () => string; at: number },
): Promise<string> {
  const artifacts: Record<string, string> = {}
  for (const model of modelNames) {
    const id = newId()
    const { items: _, ...metadata } = contents[model].metadata
    const { codeVersion, seed, dataRange } = manifest
    const made = { model, codeVersion, seed, dataRange, metadata }
    await releases.saveArtifact({ id, model, manifest: made, bytes: encodeSafetensors(contents[model]), at })
    artifacts[model] = id
  }
  const id = newId()
  await releases.save({ id, artifacts, manifest, createdAt: at })
  return id
}
