import { afterAll, describe, expect, test } from "vitest"
import { holds, isPersonal, type Permission, permissions, scopesWith } from "../../src/core/access/permissions.ts"
import { scopes } from "../../src/core/access/scope.ts"
import { expectProblem, samplePath } from "../contracts/route.ts"
import { routesOf } from "../support/response-schema.ts"
import { openTestApp } from "../support/test-app.ts"

const shop = await openTestApp()
afterAll(() => shop.close())

const openPaths = ["/health", "/metrics", "/ready", "/v1/c/{token}", "/v1/m", "/v1/v/{token}", "/v1/v/{token}"]
const routes = routesOf(shop.app)

test("all but the operators' routes and the links of mails need a permission of the table", () => {
  const open = routes.filter(({ permission }) => permission === undefined)
  expect(open.map(({ path }) => path).sort()).toEqual(openPaths)
  for (const { permission, path } of routes.filter((route) => !open.includes(route)))
    expect(permissions, path).toContain(permission)
})

describe.each(routes.filter(({ permission }) => permission !== undefined))("$method $path", (route) => {
  const permission = route.permission as Permission
  const address = samplePath(route.path)
  const body = route.hasBody ? {} : undefined

  test.each(scopes)("answers 403 to scope %s exactly where the table says no", async (scope) => {
    const answer = await shop.ask(route.method, address, { key: scope, body })
    const may = scope === "admin" || (scopesWith(permission) as string[]).includes(scope)
    if (may) expect(answer.json.code).not.toBe("forbidden")
    else expectProblem(answer, 403, "forbidden")
  })

  test("is described with the scopes that may call it", () => {
    expect(route.scopes).toEqual(scopesWith(permission))
  })
})

test("a refusal names each scope that may, once", async () => {
  const detail = async (method: string, path: string) =>
    (await shop.ask(method, path, { key: "ingest", body: {} })).json.detail
  expect(await detail("PUT", "/v1/policies/home")).toBe("this call needs a key of scope manage or admin")
  expect(await detail("POST", "/v1/models/rollback")).toBe("this call needs a key of scope admin")
})

describe("the table", () => {
  test("gives a key for browsers nothing of the shop but what goes with an item", () => {
    expect(permissions.filter((one) => !isPersonal(one) && holds("write", one))).toEqual(["items:find"])
  })

  test("gives those who run offers and plans no data of persons", () => {
    expect(permissions.filter((one) => isPersonal(one) && holds("manage", one))).toEqual([])
  })

  test("keeps offers, policies and plans from servers that send facts", () => {
    const written = ["offers:write", "policies:write", "plans:write", "plans:run"] as const
    expect(written.filter((one) => holds("ingest", one))).toEqual([])
    expect(written.filter((one) => holds("manage", one))).toEqual(["offers:write", "policies:write", "plans:write"])
  })
})
