import { afterAll, expect, test } from "vitest"
import { newId } from "../../../src/start/new-id.ts"
import { connect } from "../../../src/store/database/database.ts"
import { artifactChunks } from "../../../src/store/database/schema.ts"
import { createReleaseStore } from "../../../src/store/releases/releases.ts"
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

test("a rollback returns to what was live before, twice to what was before that, and no further", async () => {
  const [first, second, third] = [newId(), newId(), newId()]
  const promote = (id: string) => releases.promote(id, { at: 1000, forced: false })
  expect(await releases.liveId()).toBeNull()
  expect(await releases.rollback(1000)).toBeNull()
  for (const id of [first, second, third]) await promote(id)
  expect(await releases.rollback(1000)).toBe(second)
  expect(await releases.liveId()).toBe(second)
  expect(await releases.rollback(1000)).toBe(first)
  expect(await releases.rollback(1000)).toBeNull()
  await promote(third)
  expect(await releases.rollback(1000)).toBe(first)
})

test("two rollbacks at once step back twice, not to the same release", async () => {
  const ids = [newId(), newId(), newId()]
  for (const id of ids) await releases.promote(id, { at: 1000, forced: false })
  const reached = await Promise.all([releases.rollback(1000), releases.rollback(1000)])
  expect(reached.sort()).toEqual([ids[0], ids[1]].sort())
})

test("releases are listed newest first", async () => {
  const save = async (createdAt: number) => {
    const id = newId()
    await releases.save({ id, artifacts: { preference: newId() }, manifest: {}, createdAt })
    return id
  }
  const [older, newer] = [await save(1000), await save(2000)]
  expect((await releases.list()).map(({ id }) => id)).toEqual([newer, older])
  expect(await releases.read(newId())).toBeNull()
})
