import { afterAll, expect, test } from "vitest"
import { newId } from "../../../src/start/new-id.ts"
import { connect } from "../../../src/store/database/database.ts"
import { artifactChunks } from "../../../src/store/database/schema.ts"
import { createEvaluationStore } from "../../../src/store/releases/evaluations.ts"
import { createReleaseStore } from "../../../src/store/releases/releases.ts"
import { tester } from "../../support/actor.ts"
import { createTestDatabase } from "../../support/database.ts"

const { database, close } = connect(await createTestDatabase())
const releases = createReleaseStore(database)
afterAll(close)

const saveArtifact = async (bytes: Uint8Array) => {
  const id = newId()
  await releases.saveArtifact({ id, model: "preference", manifest: { seed: 1 }, bytes, at: 1000 })
  return id
}

test("an artifact of several chunks comes back byte for byte", async () => {
  const bytes = Uint8Array.from({ length: 2.5 * 2 ** 20 }, (_, n) => (n * 31) % 251)
  const id = await saveArtifact(bytes)
  const artifact = await releases.readArtifact(id)
  expect(artifact).toMatchObject({ id, model: "preference", manifest: { seed: 1 } })
  expect(Buffer.compare(artifact.bytes, bytes)).toBe(0)
  expect(await database.$count(artifactChunks)).toBe(Math.ceil(2.5))
})

test("an artifact whose stored bytes changed, or that is missing, is incompatible", async () => {
  const id = await saveArtifact(Uint8Array.of(1, 2, 3))
  await database.update(artifactChunks).set({ bytes: Buffer.of(1, 2, 4) })
  await expect(releases.readArtifact(id)).rejects.toMatchObject({ code: "incompatibleArtifact" })
  await expect(releases.readArtifact(newId())).rejects.toMatchObject({ code: "incompatibleArtifact" })
})

const saveRelease = async (createdAt: number, artifact = newId()) => {
  const id = newId()
  await releases.save({ id, artifacts: { preference: artifact }, manifest: {}, createdAt }, tester)
  return id
}

test("a rollback returns to what was live before, twice to what was before that, and no further", async () => {
  const [first, second, third] = [await saveRelease(1000), await saveRelease(1000), await saveRelease(1000)]
  const promote = (id: string) => releases.promote(id, { at: 1000, forced: false, actor: tester })
  expect(await releases.liveId()).toBeNull()
  expect(await releases.rollback({ at: 1000, actor: tester })).toBeNull()
  for (const id of [first, second, third]) await promote(id)
  expect(await releases.rollback({ at: 1000, actor: tester })).toBe(second)
  expect(await releases.liveId()).toBe(second)
  expect(await releases.rollback({ at: 1000, actor: tester })).toBe(first)
  expect(await releases.rollback({ at: 1000, actor: tester })).toBeNull()
  await promote(third)
  expect(await releases.rollback({ at: 1000, actor: tester })).toBe(first)
})

test("two rollbacks at once step back twice, not to the same release", async () => {
  const ids = [await saveRelease(1000), await saveRelease(1000), await saveRelease(1000)]
  for (const id of ids) await releases.promote(id, { at: 1000, forced: false, actor: tester })
  const reached = await Promise.all([
    releases.rollback({ at: 1000, actor: tester }),
    releases.rollback({ at: 1000, actor: tester }),
  ])
  expect(reached.sort()).toEqual([ids[0], ids[1]].sort())
})

test("releases are listed newest first", async () => {
  const [older, newer] = [await saveRelease(2000), await saveRelease(3000)]
  expect((await releases.list()).slice(0, 2).map(({ id }) => id)).toEqual([newer, older])
  expect(await releases.read(newId())).toBeNull()
})

test("old releases go with their artifacts and evaluations, those that decisions may name and the two last live stay", async () => {
  const { database, close } = connect(await createTestDatabase())
  const releases = createReleaseStore(database)
  const evaluations = createEvaluationStore(database)
  const day = 86_400_000
  const save = async (name: string, madeOn: number, shared?: string) => {
    const artifact = shared ?? newId()
    const how = { model: name, manifest: {}, bytes: Uint8Array.of(1), at: madeOn * day }
    if (shared === undefined) await releases.saveArtifact({ id: artifact, ...how })
    const id = newId()
    await releases.save(
      { id, artifacts: { preference: artifact }, manifest: { name }, createdAt: madeOn * day },
      tester,
    )
    await evaluations.save({ id: newId(), releaseId: id, createdAt: madeOn * day, report: { name } })
    return { id, artifact }
  }
  const [longAgo, lately, before, live] = [
    await save("live long ago", 1),
    await save("live lately", 2),
    await save("live before", 3),
    await save("live", 4),
  ]
  const [, young] = [await save("never live", 90), await save("never live and young", 150)]
  const sharing = await save("young, with an artifact of old", 150, longAgo.artifact)
  await evaluations.save({ id: newId(), releaseId: null, createdAt: 5 * day, report: { name: "a candidate" } })
  for (const [n, { id }] of [longAgo, lately, before, live].entries())
    await releases.promote(id, { at: (10 + 40 * n) * day, forced: false, actor: tester })

  const names = async () => (await releases.list()).map(({ manifest }) => manifest.name).sort()
  expect(await releases.deleteExpired({ madeBeforeMs: 100 * day, liveBeforeMs: 60 * day })).toBe(2)
  const left = ["live", "live before", "live lately", "never live and young", "young, with an artifact of old"]
  expect(await names()).toEqual(left)
  expect((await evaluations.list({ limit: 10 })).map(({ report }) => report.name).sort()).toEqual(left)
  for (const { artifact } of [lately, before, live, young, sharing]) await releases.readArtifact(artifact)
  expect(await database.$count(artifactChunks)).toBe(5)

  expect(await releases.deleteExpired({ madeBeforeMs: 1000 * day, liveBeforeMs: 1000 * day })).toBe(3)
  expect(await names()).toEqual(["live", "live before"])
  expect(await releases.rollback({ at: 1000 * day, actor: tester })).toBe(before.id)
  expect(await releases.rollback({ at: 1000 * day, actor: tester })).toBeNull()
  await close()
})
