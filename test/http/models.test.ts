import { afterAll, expect, test } from "vitest"
import { expectProblem } from "../contracts/route.ts"
import { openTestApp } from "../support/test-app.ts"

const shop = await openTestApp()
afterAll(() => shop.close())

const id = "0190b6a4-0000-7000-8000-000000000000"

test("without any training there is no model, and nothing to promote or to go back to", async () => {
  expect((await shop.ask("GET", "/v1/models", { key: "read" })).json).toEqual({ models: [] })
  expectProblem(await shop.ask("POST", `/v1/models/${id}/promote`, { body: {} }), 404, "notFound")
  expectProblem(await shop.ask("POST", "/v1/models/rollback", { body: {} }), 409, "conflict")
})

test("an evaluation is listed and read as it was saved", async () => {
  const report = { split: { at: "2011-11-09" }, metrics: { recall20: 0.1 } }
  const createdAt = Date.UTC(2025, 0, 1)
  await shop.services.store.evaluations.save({ id, releaseId: null, createdAt, report })
  const expected = { id, releaseId: null, createdAt: new Date(createdAt).toISOString(), report }
  expect((await shop.ask("GET", "/v1/evaluations", { key: "read" })).json).toEqual({ evaluations: [expected] })
  expect((await shop.ask("GET", `/v1/evaluations/${id}`, { key: "read" })).json).toEqual(expected)
})
