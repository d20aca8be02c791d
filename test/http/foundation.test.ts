import { afterAll, describe, expect, test } from "vitest"
import { createKey } from "../../src/actions/access/create-key.ts"
import { createApp } from "../../src/app.ts"
import { expectProblem } from "../contracts/route.ts"
import { tester } from "../support/actor.ts"
import { openTestApp } from "../support/test-app.ts"

const shop = await openTestApp()
afterAll(() => shop.close())

describe("a problem", () => {
  test("answers a path that does not exist", async () => {
    expectProblem(await shop.ask("GET", "/v1/nowhere"), 404, "notFound")
  })

  test("answers a method that a path lacks, and names those it has", async () => {
    const answer = await shop.ask("PUT", "/v1/items")
    expectProblem(answer, 405, "methodNotAllowed")
    expect(answer.headers.get("allow")?.split(", ").sort()).toEqual(["GET", "HEAD", "PATCH", "POST"])
  })

  test("answers a body that is too large, whether its length is told or not", async () => {
    const body = JSON.stringify({ customer: { userId: "u" }, placement: "x".repeat(600_000) })
    expectProblem(await shop.ask("POST", "/v1/recommend", { body }), 413, "payloadTooLarge")
    const told = { "content-length": String(body.length) }
    expectProblem(await shop.ask("POST", "/v1/recommend", { body, headers: told }), 413, "payloadTooLarge")
  })

  test("answers what we did wrong without saying what it was", async () => {
    const secret = "relation secret_table does not exist"
    const store = {
      ...shop.services.store,
      items: { ...shop.services.store.items, get: () => Promise.reject(new Error(secret)) },
    }
    const broken = createApp({ ...shop.services, store })
    const response = await broken.request("/v1/items/a", { headers: { authorization: `Bearer ${shop.keys.read}` } })
    expect(response.status).toBe(500)
    expect(await response.text()).not.toContain("secret_table")
  })

  test("points into the body with JSON pointers", async () => {
    const body = { customer: { userId: "u", email: "a@b.c" }, limit: 101 }
    const { json } = await shop.ask("POST", "/v1/recommend", { body })
    expect((json.errors as { pointer: string }[]).map(({ pointer }) => pointer).sort()).toEqual(["/customer", "/limit"])
  })

  test("refuses NUL in an address", async () => {
    expectProblem(await shop.ask("GET", "/v1/items/a%00b"), 400, "invalidRequest")
  })
})

describe("a request id", () => {
  test("that came is kept, and one that could break a log is replaced", async () => {
    const kept = await shop.ask("GET", "/ready", { headers: { "x-request-id": "abc-123" } })
    expect(kept.headers.get("x-request-id")).toBe("abc-123")
    const replaced = await shop.ask("GET", "/ready", { headers: { "x-request-id": "a b" } })
    expect(replaced.headers.get("x-request-id")).toMatch(/^[0-9a-f-]{36}$/)
  })
})

describe("a key", () => {
  test("is taken as bearer or as basic user name", async () => {
    const basic = Buffer.from(`${shop.keys.read}:`).toString("base64")
    const headers = { authorization: `Basic ${basic}` }
    expect((await shop.ask("GET", "/v1/items", { key: "none", headers })).status).toBe(200)
  })

  test("that was revoked stops working within two seconds", async () => {
    const { id, key } = await createKey(shop.services, { scope: "read", name: "short" }, tester)
    const headers = { authorization: `Bearer ${key}` }
    expect((await shop.ask("GET", "/v1/items", { key: "none", headers })).status).toBe(200)
    await shop.services.store.keys.revoke(id, { at: shop.services.clock(), actor: tester })
    shop.advance(2000)
    expectProblem(await shop.ask("GET", "/v1/items", { key: "none", headers }), 401, "unauthenticated")
  })
})

describe("browsers", () => {
  const headers = { origin: "https://shop.example", "access-control-request-method": "POST" }

  test("may call what a public key may call", async () => {
    for (const path of ["/v1/recommend", "/v1/track", "/v1/decisions/x/outcome"]) {
      const preflight = await shop.ask("OPTIONS", path, { key: "none", headers })
      expect(preflight.status, path).toBe(204)
      expect(preflight.headers.get("access-control-allow-origin"), path).toBe("*")
    }
  })

  test("may call with whatever headers their tracking library adds", async () => {
    const asked = "authorization,content-type,x-retry-count"
    for (const path of ["/v1/t", "/v1/b", "/v1/m", "/v1/track"]) {
      const preflight = await shop.ask("OPTIONS", path, {
        key: "none",
        headers: { ...headers, "access-control-request-headers": asked },
      })
      expect(preflight.headers.get("access-control-allow-headers"), path).toBe(asked)
      expect(preflight.headers.get("access-control-allow-credentials"), path).toBeNull()
    }
  })

  test("may not call the rest", async () => {
    const preflight = await shop.ask("OPTIONS", "/v1/offers", { key: "none", headers })
    expect(preflight.headers.get("access-control-allow-origin")).toBeNull()
  })
})

describe("operators", () => {
  test("see database, catalogue and release in /health", async () => {
    const { json } = await shop.ask("GET", "/health", { key: "none" })
    expect(json).toMatchObject({
      status: "ok",
      release: null,
      database: { reachable: true, durability: { fsync: "off" } },
    })
  })

  test("see requests by route and status in /metrics, without ids from addresses", async () => {
    await shop.ask("GET", "/v1/items/some-item")
    const { text } = await shop.ask("GET", "/metrics", { key: "none" })
    expect(text).toMatch(/beforehand_request_seconds_count\{method="GET",route="\/v1\/items\/:id",status="404"\} 1/)
    expect(text).not.toContain("some-item")
    expect(text).toContain("beforehand_catalogue_age_seconds")
    expect(text).toContain("process_resident_memory_bytes")
  })
})

describe("the documentation", () => {
  test("describes every route with its scopes, parameters and required body", async () => {
    const { json } = await shop.ask("GET", "/openapi.json", { key: "none" })
    const paths = json.paths as Record<string, Record<string, Record<string, unknown>>>
    expect(Object.keys(paths)).toContain("/v1/content/{placement}")
    expect(paths["/v1/recommend"]!.post).toMatchObject({
      security: [{ key: ["write", "read", "admin"] }],
      "x-permission": "recommendations:ask",
      requestBody: { required: true },
    })
    const { schemas } = json.components as { schemas: Record<string, unknown> }
    expect(Object.keys(schemas)).toEqual(expect.arrayContaining(["Item", "Offer", "Problem", "RecommendRequest"]))
  })

  test("is shown by files of this server alone", async () => {
    const page = await shop.ask("GET", "/docs", { key: "none" })
    expect(page.headers.get("content-security-policy")).toContain("script-src 'self'")
    const assets = [...page.text.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, address]) => address!)
    expect(assets).toHaveLength(3)
    for (const asset of assets) expect((await shop.ask("GET", asset, { key: "none" })).status, asset).toBe(200)
  })
})
