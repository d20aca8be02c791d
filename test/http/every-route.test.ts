import { afterAll, describe, expect, test } from "vitest"
import { describeRoute } from "../contracts/route.ts"
import { routesOf } from "../support/response-schema.ts"
import { openTestApp } from "../support/test-app.ts"

const shop = await openTestApp()
afterAll(() => shop.close())

const segmentPaths = new Set(
  ["track", "identify", "page", "screen", "group", "alias", "batch"].map((verb) => `/v1/${verb}`),
)
const openPaths = ["/health", "/metrics", "/ready", "/v1/c/{token}", "/v1/v/{token}", "/v1/v/{token}"]

const routes = routesOf(shop.app)

test("all but the operators' routes and the links of mails are behind a key", () => {
  const open = routes.filter(({ scopes }) => scopes.length === 0).map(({ path }) => path)
  expect(open.sort()).toEqual(openPaths)
})

describe.each(routes.filter(({ scopes }) => scopes.length > 0))("$method $path", (route) => {
  describeRoute(() => shop, route, { lenient: segmentPaths.has(route.path) })
})
