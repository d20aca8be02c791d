import { Hono } from "hono"
import { expect, test } from "vitest"
import { allowOrigins } from "../../../src/http/server/answer-headers.ts"

const api = new Hono().use(allowOrigins(["https://shop.example"])).post("/", (c) => c.text("answered"))
const ask = (method: string, origin: string) =>
  api.request("/", { method, headers: { origin, "access-control-request-method": "POST" } })

test("of several origins only the one that asks is told that it may, and caches are told that it matters", async () => {
  for (const method of ["POST", "OPTIONS"]) {
    const known = await ask(method, "https://shop.example")
    expect(known.headers.get("access-control-allow-origin"), method).toBe("https://shop.example")
    expect(known.headers.get("vary"), method).toContain("Origin")
    const unknown = await ask(method, "https://elsewhere.example")
    expect(unknown.headers.get("access-control-allow-origin"), method).toBeNull()
    expect(unknown.headers.get("vary"), method).toContain("Origin")
  }
})
