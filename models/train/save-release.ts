import { modelNames } from "../../src/core/preference/release.ts"
import type { Services } from "../../src/services.ts"
import type { Manifest } from "../../src/store/releases.ts"
import { encodeSafetensors } from "../../src/store/safetensors.ts"
import type { ReleaseContents } from "./fit-release.ts"

/** Saves every model's artifact and the release that binds them; returns the release's id. */
export async function saveRelease(
  { store, newId, clock }: Pick<Services, "store" | "newId" | "clock">,
  contents: ReleaseContents,
  manifest: Manifest,
): Promise<string> {
  const at = clock()
  const saveArtifact = async (model: keyof ReleaseContents) => {
    const id = newId()
    const { items: _, ...metadata } = contents[model].metadata
    const { codeVersion, seed, dataRange } = manifest
    const made = { model, codeVersion, seed, dataRange, metadata }
    await store.releases.saveArtifact({ id, model, manifest: made, bytes: encodeSafetensors(contents[model]), at })
    return [model, id] as const
  }
  const saved = []
  for (const model of modelNames) saved.push(await saveArtifact(model))
  const id = newId()
  await store.releases.save({ id, artifacts: Object.fromEntries(saved), manifest, createdAt: at })
  return id
}
