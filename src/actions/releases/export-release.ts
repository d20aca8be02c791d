import { mkdir, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { ApiError } from "../../core/problem/problem.ts"
import type { Services } from "../../services.ts"

export interface ExportedRelease {
  releaseId: string
  files: string[]
}

/** Writes a release into a folder: for each model `<model>.safetensors` and `<model>.json`, and `release.json` that binds them. */
export async function exportRelease(
  { store }: Pick<Services, "store">,
  { releaseId, folder }: { releaseId?: string; folder: string },
): Promise<ExportedRelease> {
  const id = releaseId ?? (await store.releases.liveId())
  if (id === null)
    throw new ApiError("notFound", "no release is live yet; make one with: beforehand train, then promote")
  const record = await store.releases.read(id)
  if (!record) throw new ApiError("notFound", `there is no release ${id}; list them with: beforehand releases`)
  await mkdir(folder, { recursive: true })
  const files: string[] = []
  const write = async (name: string, content: Uint8Array | string) => {
    await writeFile(join(folder, name), content)
    files.push(join(folder, name))
  }
  const digests: Record<string, string> = {}
  for (const [model, artifactId] of Object.entries(record.artifacts)) {
    const { bytes, manifest, digest } = await store.releases.readArtifact(artifactId)
    digests[model] = digest
    await write(`${model}.safetensors`, bytes)
    await write(`${model}.json`, JSON.stringify({ ...manifest, sha256: digest }, null, 2))
  }
  await write("release.json", JSON.stringify({ releaseId: record.id, digests, manifest: record.manifest }, null, 2))
  return { releaseId: record.id, files }
}
