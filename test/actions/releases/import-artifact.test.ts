import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, expect, test } from "vitest"
import { exportRelease } from "../../../src/actions/releases/export-release.ts"
import { importArtifact } from "../../../src/actions/releases/import-artifact.ts"
import { promoteRelease } from "../../../src/actions/releases/promote-release.ts"
import { linearBlend, writeBlend } from "../../../src/core/preference/blend.ts"
import { recommend } from "../../../src/core/preference/recommend.ts"
import { modelNames } from "../../../src/core/release/release.ts"
import { newId } from "../../../src/start/new-id.ts"
import { loadRelease } from "../../../src/store/releases/load-release.ts"
import { encodeSafetensors } from "../../../src/store/releases/safetensors.ts"
import { tester } from "../../support/actor.ts"
import { openTestStore } from "../../support/database.ts"
import { bought, catalogueOf, historyOf, itemsNamed, noon } from "../../support/release.ts"
import { saveSmallRelease, silent } from "../../support/save-release.ts"

const store = await openTestStore()
const services = { store, clock: Date.now, newId, log: silent }
const folders: string[] = []
const newFolder = async () => {
  folders.push(await mkdtemp(join(tmpdir(), "artifacts-")))
  return folders.at(-1)!
}
afterAll(async () => {
  await store.close()
  for (const folder of folders) await rm(folder, { recursive: true })
})

const answersOf = async (releaseId: string) => {
  const release = await loadRelease(store.releases, (await store.releases.read(releaseId))!)
  const question = {
    history: historyOf(bought(0, "brush")),
    vector: null,
    limit: 5,
    nowMs: noon,
    explain: false,
  } as const
  const catalogue = catalogueOf(itemsNamed(...release.items.ids))
  return recommend({ ...question, repeats: "excluded" }, release, catalogue)
}

test("vectors made elsewhere cannot stand alone before any release is live", async () => {
  const folder = await newFolder()
  await writeFile(join(folder, "preference.safetensors"), encodeSafetensors({ metadata: {}, tensors: {} }))
  await expect(importArtifact(services, folder, tester)).rejects.toMatchObject({ code: "conflict" })
  await expect(importArtifact(services, await newFolder(), tester)).rejects.toMatchObject({ code: "invalidRequest" })
})

test("a release comes back from its files as good as it went out", async () => {
  const id = await saveSmallRelease(store)
  await promoteRelease(services, id, { force: false, actor: tester })
  const folder = await newFolder()
  await exportRelease(services, { folder })
  const models = [...modelNames, "recipes"]
  expect((await readdir(folder)).length).toBe(models.length * 2 + 1)
  const imported = await importArtifact(services, folder, tester)
  expect(imported).toMatchObject({ taken: [], items: 3 })
  expect(await answersOf(imported.releaseId)).toEqual(await answersOf(id))
  await promoteRelease(services, imported.releaseId, { force: false, actor: tester })
})

test("vectors made elsewhere, in another order and with an item of their own, join the live models", async () => {
  const folder = await newFolder()
  const itemFactors = Float32Array.of(0, 1, 1, 0, 0, 1)
  const preference = {
    metadata: { items: JSON.stringify(["paper", "easel", "brush"]) },
    tensors: { itemFactors: { dtype: "F32", shape: [3, 2], data: itemFactors } },
  } as const
  await writeFile(join(folder, "preference.safetensors"), encodeSafetensors(preference))
  const imported = await importArtifact(services, folder, tester)
  expect(imported).toMatchObject({ brought: ["preference"], items: ["brush", "easel", "paint", "paper"].length })
  const release = await loadRelease(store.releases, (await store.releases.read(imported.releaseId))!)
  expect(release.items.ids).toEqual(["brush", "easel", "paint", "paper"])
  expect(release.factors.dimensions).toBe(2)
  expect((await answersOf(imported.releaseId)).map(({ itemId }) => itemId).sort()).toEqual(["easel", "paint", "paper"])
  await expect(promoteRelease(services, imported.releaseId, { force: false, actor: tester })).rejects.toMatchObject({
    code: "belowBaseline",
  })
})

test("a release that comes back with a file changed has not been measured", async () => {
  const folder = await newFolder()
  await exportRelease(services, { folder })
  const popular = linearBlend({ popularity: 1 })
  await writeFile(
    join(folder, "blend.safetensors"),
    encodeSafetensors(writeBlend({ allowed: popular, excluded: popular })),
  )
  const { releaseId } = await importArtifact(services, folder, tester)
  await expect(promoteRelease(services, releaseId, { force: false, actor: tester })).rejects.toMatchObject({
    code: "belowBaseline",
  })
  await writeFile(join(folder, "release.json"), "{")
  await expect(importArtifact(services, folder, tester)).rejects.toMatchObject({ code: "incompatibleArtifact" })
})

test("a file with a value that is not a number is refused and makes no release", async () => {
  const folder = await newFolder()
  const data = Float32Array.of(1, Number.NaN)
  const preference = {
    metadata: { items: '["brush"]' },
    tensors: { itemFactors: { dtype: "F32", shape: [1, 2], data } },
  } as const
  await writeFile(join(folder, "preference.safetensors"), encodeSafetensors(preference))
  const before = await store.releases.list()
  await expect(importArtifact(services, folder, tester)).rejects.toMatchObject({ code: "incompatibleArtifact" })
  expect(await store.releases.list()).toHaveLength(before.length)
})
