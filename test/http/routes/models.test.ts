import { afterAll, expect, test } from "vitest"
import { expectProblem } from "../../contracts/route.ts"
import { metricsOf, saveSmallRelease } from "../../support/save-release.ts"
import { openTestApp } from "../../support/test-app.ts"

const shop = await openTestApp()
afterAll(() => shop.close())

const id = "0190b6a4-0000-7000-8000-000000000000"

test("without any training there is no model, and nothing to promote or to go back to", async () => {
  expect((await shop.ask("GET", "/v1/models", { key: "read" })).json).toEqual({ models: [], nextCursor: null })
  expectProblem(await shop.ask("POST", `/v1/models/${id}/promote`, { body: {} }), 404, "notFound")
  expectProblem(await shop.ask("POST", "/v1/models/rollback", { body: {} }), 409, "conflict")
})

test("an evaluation is listed and read as it was saved", async () => {
  const report = { split: { at: "2011-11-09" }, metrics: { recall20: 0.1 } }
  const createdAt = Date.UTC(2025, 0, 1)
  await shop.services.store.evaluations.save({ id, releaseId: null, createdAt, report })
  const expected = { id, releaseId: null, createdAt: new Date(createdAt).toISOString(), report }
  expect((await shop.ask("GET", "/v1/evaluations", { key: "read" })).json).toEqual({
    evaluations: [expected],
    nextCursor: null,
  })
  expect((await shop.ask("GET", `/v1/evaluations/${id}`, { key: "read" })).json).toEqual(expected)
})

test("two servers on one database both follow a promotion and a rollback, without a restart", async () => {
  const elsewhere = await openTestApp({ databaseUrl: shop.databaseUrl })
  const liveOn = async (server: typeof shop) =>
    ((await server.ask("GET", "/health", { key: "none" })).json.release as { id: string } | null)?.id
  const expectLive = async (id: string) => {
    for (const server of [shop, elsewhere]) await expect.poll(() => liveOn(server), { timeout: 10_000 }).toBe(id)
  }
  const first = await saveSmallRelease(shop.services.store)
  const second = await saveSmallRelease(shop.services.store)
  expect((await shop.ask("POST", `/v1/models/${first}/promote`, { body: {} })).json).toEqual({
    releaseId: first,
    forced: false,
  })
  await expectLive(first)
  await elsewhere.ask("POST", `/v1/models/${second}/promote`, { body: {} })
  await expectLive(second)
  const { json } = await shop.ask("GET", "/v1/models", { key: "read" })
  expect((json.models as { id: string; live: boolean }[]).filter(({ live }) => live).map(({ id }) => id)).toEqual([
    second,
  ])
  expect((await shop.ask("POST", "/v1/models/rollback", { body: {} })).json).toEqual({ releaseId: first })
  await expectLive(first)
  await elsewhere.close()
})

test("a release that loses to popularity is refused, unless forced", async () => {
  const losing = await saveSmallRelease(shop.services.store, { metrics: metricsOf(0.1) })
  expectProblem(await shop.ask("POST", `/v1/models/${losing}/promote`, { body: {} }), 409, "belowBaseline")
  const forced = await shop.ask("POST", `/v1/models/${losing}/promote`, { body: { force: true } })
  expect(forced.json).toEqual({ releaseId: losing, forced: true })
})
