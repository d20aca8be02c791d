import { afterAll, expect, test, vi } from "vitest"
import { promoteRelease } from "../../src/actions/releases/promote-release.ts"
import { rollbackRelease } from "../../src/actions/releases/rollback-release.ts"
import { newId } from "../../src/start/new-id.ts"
import { followRelease } from "../../src/work/follow-release.ts"
import { tester } from "../support/actor.ts"
import { createTestDatabase, openTestStore } from "../support/database.ts"
import { saveSmallRelease, silent } from "../support/save-release.ts"

const databaseUrl = await createTestDatabase()
const [store, otherStore] = [await openTestStore(databaseUrl), await openTestStore(databaseUrl)]
const services = { store, clock: Date.now, log: silent }
const follow = (ofStore: typeof store) => followRelease({ store: ofStore, log: silent }, { pauseMs: 20 })
const followers = [await follow(store), await follow(otherStore)]
afterAll(async () => {
  await Promise.all(followers.map(({ stop }) => stop()))
  await Promise.all([store.close(), otherStore.close()])
})

const expectInUse = (releaseId: string | undefined) =>
  vi.waitFor(() => expect(followers.map((follower) => follower.current()?.id)).toEqual([releaseId, releaseId]), 10_000)

test("two servers on one database both follow a promotion and a rollback", async () => {
  await expectInUse(undefined)
  const first = await saveSmallRelease(store)
  const second = await saveSmallRelease(store)
  await promoteRelease(services, first, { force: false, actor: tester })
  await expectInUse(first)
  await promoteRelease(services, second, { force: false, actor: tester })
  await expectInUse(second)
  await rollbackRelease(services, tester)
  await expectInUse(first)
})

test("a poisoned artifact leaves the release before it in use, and the next good one is taken", async () => {
  const good = await saveSmallRelease(store)
  await promoteRelease(services, good, { force: false, actor: tester })
  await expectInUse(good)
  const [poisoned, artifactId] = [newId(), newId()]
  await store.releases.saveArtifact({ id: artifactId, model: "habit", manifest: {}, bytes: Buffer.of(9, 9), at: 0 })
  const record = (await store.releases.read(good))!
  await store.releases.save({ ...record, id: poisoned, artifacts: { ...record.artifacts, habit: artifactId } }, tester)
  await store.releases.promote(poisoned, { at: Date.now(), forced: true, actor: tester })
  await Promise.all(followers.map(({ refresh }) => refresh()))
  await expectInUse(good)
  const next = await saveSmallRelease(store)
  await promoteRelease(services, next, { force: false, actor: tester })
  await expectInUse(next)
})

test("a release is warmed before it answers anybody", async () => {
  const seen: [warmed: string, inUse: string | undefined][] = []
  const warm = async ({ id }: { id: string }) => void seen.push([id, follower?.current()?.id])
  let follower: Awaited<ReturnType<typeof follow>> | undefined
  const first = await saveSmallRelease(store)
  await promoteRelease(services, first, { force: false, actor: tester })
  follower = await followRelease({ store, log: silent }, { pauseMs: 20, warm })
  const second = await saveSmallRelease(store)
  await promoteRelease(services, second, { force: false, actor: tester })
  await vi.waitFor(() => expect(follower.current()?.id).toBe(second), 10_000)
  await follower.stop()
  expect(seen).toEqual([
    [first, undefined],
    [second, first],
  ])
})
