import { afterAll, describe, expect, test } from "vitest"
import { type AuditedRoute, describeAuditedRoute } from "../contracts/audited-route.ts"
import { routesOf } from "../support/response-schema.ts"
import { openTestApp } from "../support/test-app.ts"

const shop = await openTestApp()
afterAll(() => shop.close())

let count = 0
/** A name that no request before had. */
const fresh = (name: string) => `${name}-${++count}`

/** A good request of each route that is declared with an action, by method and path. */
const requests: Readonly<Record<string, AuditedRoute["prepare"]>> = {
  async "PUT /v1/settings"({ ask }) {
    const name = fresh("Shop")
    await ask("PUT", "/v1/settings", { body: { settings: { name } } })
    const { version } = (await ask("GET", "/v1/settings")).json as { version: number }
    return {
      path: "/v1/settings",
      body: { settings: { name: `${name} and more` } },
      subject: "shop",
      before: { version, settings: { name } },
      after: { version: version + 1, settings: { name: `${name} and more` } },
    }
  },
  async "PUT /v1/policies/{placement}"({ ask }) {
    const placement = fresh("home")
    const path = `/v1/policies/${placement}`
    await ask("PUT", path, { body: { explorationCostShare: 0.1 } })
    return {
      path,
      body: { explorationCostShare: 0.2 },
      subject: placement,
      before: { version: `${placement}-1`, policy: { explorationCostShare: 0.1 } },
      after: { version: `${placement}-2`, policy: { explorationCostShare: 0.2 } },
    }
  },
}

const routes = routesOf(shop.app)
const nameOf = ({ method, path }: { method: string; path: string }) => `${method} ${path}`
const audited = routes.flatMap((route) =>
  route.audit === undefined || route.audit === "fact" || route.audit === "nothing"
    ? []
    : [{ ...route, action: route.audit }],
)

test("each route that is declared with an action has a good request here", () => {
  expect(audited.map(nameOf).sort()).toEqual(Object.keys(requests).sort())
})

describe.each(audited)("$method $path", ({ method, path, action }) => {
  describeAuditedRoute(() => shop, { method, action, prepare: requests[`${method} ${path}`]! })
})
