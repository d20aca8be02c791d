import { expect, test } from "vitest"
import { errorCodes } from "../../src/core/problem/problem.ts"
import type { RouteFacts } from "../support/response-schema.ts"
import type { Answer, TestApp } from "../support/test-app.ts"

const samples: Readonly<Record<string, string>> = { purpose: "marketing", placement: "home", state: "delivered" }
const sampleId = "0190b6a4-0000-7000-8000-000000000000"

/** A route's path with something in place of its parameters. */
export const samplePath = (path: string) => path.replaceAll(/{(.+?)}/g, (_, name: string) => samples[name] ?? sampleId)

export function expectProblem(answer: Answer, status: number, code: (typeof errorCodes)[number]): void {
  expect(answer.headers.get("content-type")).toBe("application/problem+json")
  expect(answer.json).toMatchObject({ status, code, requestId: answer.headers.get("x-request-id") })
  expect(answer.status).toBe(status)
  expect(errorCodes).toContain(answer.json.code)
}

/** Tests what every route behind a key refuses; `lenient` ones judge each event of a body by itself. */
export function describeRoute(shop: () => TestApp, route: RouteFacts, { lenient }: { lenient: boolean }): void {
  const { method, path } = route
  const address = samplePath(path)
  const body = route.hasBody ? {} : undefined

  test("refuses a missing key and one nobody made", async () => {
    expectProblem(await shop().ask(method, address, { key: "none", body }), 401, "unauthenticated")
    const headers = { authorization: "Bearer bh_admin_nobody-made-this-key" }
    expectProblem(await shop().ask(method, address, { key: "none", body, headers }), 401, "unauthenticated")
  })

  if (path.includes("{")) {
    test("refuses an id that is none, or does not know it, and echoes no word of the database", async () => {
      for (const odd of ["nonsense", "0198c0de-\u2026", "99999999999999999999999", "%00", "%F0%9F%92%A9"]) {
        const { status, text } = await shop().ask(method, path.replaceAll(/{.+?}/g, odd), { body })
        expect([200, 400, 403, 404]).toContain(status)
        expect(text).not.toMatch(/invalid input|syntax|uuid:|Failed query/)
      }
    })
  }

  if (!route.hasBody) return

  test("refuses an empty body, with or without a content type", async () => {
    for (const headers of [{}, { "content-type": "application/json" }]) {
      const response = await shop().app.request(address, {
        method,
        headers: { authorization: `Bearer ${shop().keys.admin}`, ...headers },
      })
      expect([400, 415]).toContain(response.status)
      expect(response.headers.get("content-type")).toBe("application/problem+json")
    }
  })

  test("refuses what is not JSON", async () => {
    expectProblem(await shop().ask(method, address, { body: "{" }), 400, "invalidJson")
    const headers = { "content-type": "application/xml" }
    expectProblem(await shop().ask(method, address, { body: "<a/>", headers }), 415, "unsupportedMediaType")
  })

  if (lenient) return

  test("refuses text that cannot be stored", async () => {
    expectProblem(await shop().ask(method, address, { body: '{"a\\u0000":1}' }), 400, "invalidRequest")
    expectProblem(await shop().ask(method, address, { body: '{"a":"\\ud800"}' }), 400, "invalidRequest")
  })

  test("refuses what nests too deep, also where the text cannot be stored", async () => {
    for (const innermost of ["1", '"\\u0000"']) {
      const nested = "[".repeat(10_000) + innermost + "]".repeat(10_000)
      expectProblem(await shop().ask(method, address, { body: `{"a":${nested}}` }), 400, "invalidRequest")
    }
  })

  test("refuses fields it does not know and points at them", async () => {
    const answer = await shop().ask(method, address, { body: { "un/known": 1 } })
    expectProblem(answer, 400, "invalidRequest")
    expect(answer.json.errors).toContainEqual({ pointer: "/un~1known", message: "unknown field" })
  })
}
