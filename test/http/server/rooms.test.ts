import { afterAll, expect, test } from "vitest"
import { holds, permissions } from "../../../src/core/access/permissions.ts"
import { roomOf } from "../../../src/http/server/rooms.ts"
import { samplePath } from "../../contracts/route.ts"
import { routesOf } from "../../support/response-schema.ts"
import { openTestApp } from "../../support/test-app.ts"

const shop = await openTestApp()
afterAll(() => shop.close())

const routes = routesOf(shop.app).map(({ method, path, permission }) => ({
  route: `${method} ${path}`,
  room: roomOf(method, `${samplePath(path)}?a=1`),
  isPublic: permissions.some((known) => known === permission && holds("write", known)),
}))
const routesIn = (room: string) => routes.flatMap((known) => (known.room === room ? [known.route] : [])).sort()

test("questions and writes are these routes, and all others are for operators", () => {
  expect(routesIn("question")).toEqual([
    "GET /v1/c/{token}",
    "GET /v1/content/{placement}",
    "GET /v1/content/{placement}/feed",
    "GET /v1/items/{id}/similar",
    "POST /v1/decide",
    "POST /v1/rank",
    "POST /v1/recommend",
    "POST /v1/recommend/page",
  ])
  const calls = ["track", "identify", "page", "screen", "group", "alias", "batch"]
  expect(routesIn("write")).toEqual(
    [
      ...[...calls, ...calls.map((name) => name[0]), "m", "items", "offers", "consents"].map(
        (name) => `POST /v1/${name}`,
      ),
      "POST /v1/decisions/{id}/activate",
      "POST /v1/decisions/{id}/outcome",
      "POST /v1/sends/{id}/veto",
      "PUT /v1/customers/{id}/consents/{purpose}",
    ].sort(),
  )
})

test("whatever a public key may call is a question or a write", () => {
  expect(routes.filter(({ isPublic, room }) => isPublic && room === "operator")).toEqual([])
})
