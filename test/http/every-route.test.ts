import { afterAll, describe } from "vitest"
import { describeRoute } from "../contracts/route.ts"
import { routesOf } from "../support/response-schema.ts"
import { openTestApp } from "../support/test-app.ts"

const shop = await openTestApp()
afterAll(() => shop.close())

const segmentPaths = new Set(
  ["track", "identify", "page", "screen", "group", "alias", "batch"].map((verb) => `/v1/${verb}`),
)

const routes = routesOf(shop.app)

describe.each(routes.filter(({ permission }) => permission !== undefined))("$method $path", (route) => {
  describeRoute(() => shop, route, { lenient: segmentPaths.has(route.path) })
})
