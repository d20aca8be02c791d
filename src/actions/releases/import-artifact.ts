import { createHash } from "node:crypto"
import { readFile } from "node:fs/promises"
import { join } from "node:path"
import { z } from "zod"
import type { Actor } from "../../core/access/actor.ts"
import { itemIndex, readItems } from "../../core/artifact/item-index.ts"
import { ApiError } from "../../core/problem/problem.ts"
import { decodeRelease } from "../../core/release/decode-release.ts"
import { manifestWithCurrentNames } from "../../core/release/former-names.ts"
import {
  type ModelName,
  modelNames,
  type OptionalModelName,
  optionalModelNames,
  type ReleaseContents,
} from "../../core/release/release.ts"
import { reorderItems } from "../../core/release/reorder-items.ts"
import type { Services } from "../../services.ts"
import { decodeArtifact } from "../../store/releases/decode-artifact.ts"
import { saveRelease } from "../../store/releases/save-release.ts"

export interface ImportedRelease {
  releaseId: string
  /** Models whose files the folder had. */
  brought: AnyModelName[]
  /** Models taken from the live release. */
  taken: AnyModelName[]
  items: number
}

type Tools = Pick<Services, "store" | "clock" | "newId">
type AnyModelName = ModelName | OptionalModelName

const anyModelNames: readonly AnyModelName[] = [...modelNames, ...optionalModelNames]

const jsonText = z.string().transform((text, context): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    context.addIssue("not JSON")
    return z.NEVER
  }
})

const releaseFileSchema = jsonText.pipe(
  z.object({
    releaseId: z.string(),
    digests: z.record(z.string(), z.string()),
    manifest: z.record(z.string(), z.unknown()),
  }),
)

/** Makes a release of the `<model>.safetensors` files of a folder, the missing models being those of the live release. Saves it, does not promote. */
export async function importArtifact(services: Tools, folder: string, actor: Actor): Promise<ImportedRelease> {
  const files = await readFiles(folder)
  const brought = anyModelNames.filter((model) => files.has(model))
  if (brought.length === 0) {
    throw new ApiError("invalidRequest", `${folder} has no artifact; name one ${modelNames[0]}.safetensors`)
  }
  const complete = modelNames.every((model) => files.has(model))
  const live = complete ? {} : await readLive(services)
  const taken = anyModelNames.filter((model) => !files.has(model) && live[model] !== undefined)
  const own = Object.fromEntries([...files].map(([model, bytes]) => [model, decodeArtifact(bytes)]))
  const contents = alignItems(withMissingMetadata({ ...live, ...own } as unknown as ReleaseContents, live))
  decodeRelease({ id: "import", createdAt: 0, trainedUntil: 0 }, contents)
  const manifest = await manifestOf(services, folder, files, { brought, taken })
  const { store, newId, clock } = services
  const releaseId = await saveRelease(store.releases, contents, { manifest, newId, at: clock(), actor })
  return { releaseId, brought, taken, items: readItems(contents.preference).length }
}

async function readFiles(folder: string): Promise<Map<AnyModelName, Uint8Array>> {
  const files = new Map<AnyModelName, Uint8Array>()
  for (const model of anyModelNames) {
    const bytes = await readIfThere(join(folder, `${model}.safetensors`))
    if (bytes) files.set(model, bytes)
  }
  return files
}

async function readIfThere(path: string): Promise<Uint8Array | undefined> {
  try {
    return await readFile(path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined
    throw error
  }
}

async function readLive({ store }: Tools): Promise<Partial<ReleaseContents>> {
  const liveId = await store.releases.liveId()
  const record = liveId === null ? null : await store.releases.read(liveId)
  if (!record) {
    const names = modelNames.map((model) => `${model}.safetensors`).join(", ")
    throw new ApiError("conflict", `no release is live to take the other models from; bring all of ${names}, or train`)
  }
  const present = anyModelNames.filter((model) => record.artifacts[model] !== undefined)
  const contents = await Promise.all(
    present.map(async (model) => {
      const { bytes } = await store.releases.readArtifact(record.artifacts[model]!)
      return [model, decodeArtifact(bytes)] as const
    }),
  )
  return Object.fromEntries(contents) as Partial<ReleaseContents>
}

/** Vectors made elsewhere need not say how histories are weighed: what they leave out is as in the live release. */
function withMissingMetadata(contents: ReleaseContents, { preference }: Partial<ReleaseContents>): ReleaseContents {
  if (!preference) return contents
  const metadata = { ...preference.metadata, ...contents.preference.metadata }
  return { ...contents, preference: { ...contents.preference, metadata } }
}

/** Every model of items gets a row for every item that any of them knows, in ascending order. */
function alignItems(contents: ReleaseContents): ReleaseContents {
  const withRows = modelNames.filter((model) => model !== "blend")
  const items = itemIndex(withRows.flatMap((model) => readItems(contents[model])))
  const aligned = modelNames.map((model) => [model, reorderItems(model, contents[model], items)] as const)
  const recipes = contents.recipes && { recipes: reorderItems("recipes", contents.recipes, items) }
  return { ...contents, ...Object.fromEntries(aligned), ...recipes }
}

/** Exported files that come back untouched keep their manifest, metrics included; anything else has not been measured. */
async function manifestOf(
  { clock, store }: Tools,
  folder: string,
  files: ReadonlyMap<AnyModelName, Uint8Array>,
  parts: { brought: AnyModelName[]; taken: AnyModelName[] },
): Promise<Record<string, unknown>> {
  const bytes = await readIfThere(join(folder, "release.json"))
  if (bytes && parts.taken.length === 0) {
    const release = releaseFileSchema.safeParse(new TextDecoder().decode(bytes))
    if (!release.success) {
      throw new ApiError(
        "incompatibleArtifact",
        "release.json is not one that export wrote; leave it out or export again",
      )
    }
    const { digests, releaseId } = release.data
    const manifest = manifestWithCurrentNames(release.data.manifest)
    const untouched =
      Object.keys(digests).length === files.size && [...files].every(([model, file]) => sha256(file) === digests[model])
    if (untouched) return { ...manifest, importedFrom: { releaseId } }
  }
  const takenFrom = parts.taken.length > 0 ? await store.releases.liveId() : null
  return { trainedUntil: clock(), imported: { ...parts, takenFrom } }
}

const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex")
