import { afterAll, describe } from "vitest"
import { trackingRoutes } from "../../src/http/routes/tracking.ts"
import { describeRoute } from "../contracts/route.ts"
import { routesOf } from "../support/response-schema.ts"
import { openTestApp } from "../support/test-app.ts"

const shop = await openTestApp()
afterAll(() => shop.close())

const trackingPaths = new Set(trackingRoutes.map(({ route }): string => route.path))

const routes = routesOf(shop.app)

describe.each(routes.filter(({ permission }) => permission !== undefined))("$method $path", (route) => {
  describeRoute(() => shop, route, { lenient: trackingPaths.has(route.path) })
})
