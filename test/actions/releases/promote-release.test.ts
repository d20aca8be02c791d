import { afterAll, expect, test } from "vitest"
import { promoteRelease } from "../../../src/actions/releases/promote-release.ts"
import { rollbackRelease } from "../../../src/actions/releases/rollback-release.ts"
import { newId } from "../../../src/start/new-id.ts"
import { tester } from "../../support/actor.ts"
import { openTestStore } from "../../support/database.ts"
import { metricsOf, saveSmallRelease, silent } from "../../support/save-release.ts"

const store = await openTestStore()
const services = { store, clock: Date.now, log: silent }
afterAll(store.close)

test("a release that loses to popularity goes live only by force, and a rollback takes it back", async () => {
  const better = await saveSmallRelease(store, { metrics: metricsOf(0.21) })
  const worse = await saveSmallRelease(store, { metrics: metricsOf(0.19) })
  await promoteRelease(services, better, { force: false, actor: tester })
  await expect(promoteRelease(services, worse, { force: false, actor: tester })).rejects.toMatchObject({
    code: "belowBaseline",
    message: expect.stringContaining("0.19"),
  })
  expect(await store.releases.liveId()).toBe(better)
  expect(await promoteRelease(services, worse, { force: true, actor: tester })).toEqual({
    releaseId: worse,
    forced: true,
  })
  expect(await store.releases.liveId()).toBe(worse)
  expect(await rollbackRelease(services, tester)).toEqual({ releaseId: better })
  expect(await store.releases.liveId()).toBe(better)
})

test("with nothing live before, a rollback says so", async () => {
  const empty = await openTestStore()
  await expect(rollbackRelease({ ...services, store: empty }, tester)).rejects.toMatchObject({ code: "conflict" })
  await empty.close()
})

test("losing on one question of two is losing", async () => {
  const metrics = { ...metricsOf(0.3), firstTime: metricsOf(0.1).firstTime }
  const id = await saveSmallRelease(store, { metrics })
  await expect(promoteRelease(services, id, { force: false, actor: tester })).rejects.toMatchObject({
    code: "belowBaseline",
  })
})

test("a release that nobody measured is not taken for a good one", async () => {
  const id = await saveSmallRelease(store, {})
  await expect(promoteRelease(services, id, { force: false, actor: tester })).rejects.toMatchObject({
    code: "belowBaseline",
  })
})

test("a release measured on nobody is not taken for a good one", async () => {
  const nothing = { served: { ndcg20: 0 }, popularity: { ndcg20: 0 } }
  const id = await saveSmallRelease(store, { metrics: { all: nothing, firstTime: nothing } })
  await expect(promoteRelease(services, id, { force: false, actor: tester })).rejects.toMatchObject({
    code: "belowBaseline",
  })
})

test("a release that cannot be read is refused even by force", async () => {
  const readable = await store.releases.read(await saveSmallRelease(store))
  const id = newId()
  const { habit, ...others } = readable!.artifacts
  await store.releases.save({ ...readable!, id, artifacts: { ...others, preference: habit! } }, tester)
  await expect(promoteRelease(services, id, { force: true, actor: tester })).rejects.toMatchObject({
    code: "incompatibleArtifact",
  })
})

test("a release that does not exist is not found", async () => {
  await expect(promoteRelease(services, newId(), { force: true, actor: tester })).rejects.toMatchObject({
    code: "notFound",
  })
})
