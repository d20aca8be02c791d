import { expect, test } from "vitest"
import { routeNames, routes } from "../../../load-tests/routes.ts"
import { routes as olderRoutes } from "../../../load-tests/run/answers/routes-of-0.1.ts"

let drawn = 0
const draw = {
  user: () => `u-${++drawn}`,
  item: () => `sku-${++drawn}`,
  requestId: "request-1",
  at: "2026-01-01T00:00:00Z",
  campaign: "spring",
}

test("every route of this version can be compared with version 0.1", () => {
  expect(Object.keys(olderRoutes).sort()).toEqual([...routeNames].sort())
})

test("a batch has as many events as it says, each with an id of its own", () => {
  const { batch } = routes.batch.request(draw).body as { batch: { messageId: string }[] }
  expect(new Set(batch.map(({ messageId }) => messageId)).size).toBe(routes.batch.events)
})

test("a batch in which one event was rejected is not sound", () => {
  const results = Array.from({ length: routes.batch.events! }, () => ({ status: "accepted" }))
  expect(routes.batch.isSound({ results })).toBe(true)
  expect(routes.batch.isSound({ results: results.with(3, { status: "rejected" }) })).toBe(false)
})

test.each(["recommend", "rank"] as const)("an answer of %s without a record is sound where it says so", (name) => {
  const items = Array.from({ length: 10 }, (_, n) => ({ id: `sku-${n}`, rank: n + 1 }))
  const answer = { items, modelVersion: "release-1", degraded: false, decisionId: null }
  expect(routes[name].isSound(answer)).toBe(false)
  expect(routes[name].isSound({ ...answer, degraded: true })).toBe(true)
  expect(routes[name].isSound({ ...answer, decisionId: "decision-1" })).toBe(true)
})
