import { afterAll, expect, test } from "vitest"
import { expectProblem } from "../contracts/route.ts"
import { openTestApp } from "../support/test-app.ts"

const shop = await openTestApp()
afterAll(() => shop.close())

interface Schema {
  $ref?: string
  type?: string | string[]
  format?: string
  properties?: Record<string, Schema>
  additionalProperties?: boolean | Schema
  items?: Schema
  [other: string]: unknown
}
interface Operation {
  operationId?: string
  summary?: string
  parameters?: { name: string; in: string; schema: Schema }[]
  responses?: Record<string, { content: Record<string, { schema: Schema }> }>
  requestBody?: { content: Record<string, { schema: Schema }> }
}
interface OpenApi {
  paths: Record<string, Record<string, Operation>>
  components: { schemas: Record<string, Schema> }
}

const document = (await shop.ask("GET", "/openapi.json", { key: "none" })).json as unknown as OpenApi

const says = (schema: Schema, ...names: string[]) => names.some((name) => schema[name] !== undefined)
const ofFixedLength = ["uuid", "date", "date-time"]

/** Returns the places at which a request's schema states no bound. A value of any type is bounded by bytes and levels. */
function unbounded(schema: Schema, at: string, above: readonly string[] = []): string[] {
  if (schema.$ref !== undefined) {
    const name = schema.$ref.split("/").at(-1)!
    return above.includes(name) ? [] : unbounded(document.components.schemas[name]!, name, [...above, name])
  }
  if (says(schema, "enum", "const")) return []
  const within = (inner: Schema, step = "") => unbounded(inner, at + step, above)
  const types = [schema.type].flat()
  const faults = ["anyOf", "oneOf", "allOf"].flatMap((name) =>
    ((schema[name] ?? []) as Schema[]).flatMap((one) => within(one)),
  )
  if (types.includes("string") && !says(schema, "maxLength") && !ofFixedLength.includes(schema.format ?? ""))
    faults.push(`${at}: a string`)
  if (types.includes("number") || types.includes("integer")) {
    if (!says(schema, "minimum", "exclusiveMinimum")) faults.push(`${at}: a number downwards`)
    if (!says(schema, "maximum", "exclusiveMaximum")) faults.push(`${at}: a number upwards`)
  }
  if (types.includes("array")) {
    if (!says(schema, "maxItems")) faults.push(`${at}: a list`)
    if (schema.items) faults.push(...within(schema.items, "[]"))
  }
  if (types.includes("object")) {
    for (const [name, field] of Object.entries(schema.properties ?? {})) faults.push(...within(field, `.${name}`))
    const { additionalProperties: others } = schema
    const isRecord = others !== undefined && others !== false && !says((schema.propertyNames ?? {}) as Schema, "enum")
    if (isRecord && !says(schema, "maxProperties")) faults.push(`${at}: a record`)
    if (typeof others === "object") faults.push(...within(others, "{}"))
  }
  return faults
}

const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ name: `${method.toUpperCase()} ${path}`, operation })),
)

test.each(operations)("$name says a bound for all that may be sent", ({ operation }) => {
  const parameters = operation.parameters ?? []
  const bodies = Object.values(operation.requestBody?.content ?? {})
  const faults = [
    ...parameters.flatMap(({ name, schema }) => unbounded(schema, name)),
    ...bodies.flatMap(({ schema }) => unbounded(schema, "body")),
  ]
  expect([...new Set(faults)]).toEqual([])
})

test("a request names exactly one customer, and the document says so", () => {
  expect(document.components.schemas.CustomerReference).toMatchObject({ minProperties: 1, maxProperties: 1 })
})

test("a path of its own is not taken for the id of another", async () => {
  const answer = await shop.ask("DELETE", "/v1/webhooks/messages")
  expectProblem(answer, 405, "methodNotAllowed")
  expect(answer.headers.get("allow")).toBe("GET")
})

test("every operation has an id of its own and a summary that begins with a verb", () => {
  const operations = Object.values(document.paths).flatMap((methods) => Object.values(methods))
  const ids = operations.map(({ operationId }) => operationId)
  expect(operations.length).toBeGreaterThan(60)
  expect(ids.every((id) => /^[a-z][A-Za-z]*$/.test(id ?? ""))).toBe(true)
  expect(new Set(ids).size).toBe(ids.length)
  const verbs =
    "Accept|Activate|Allow|Approve|Check|Create|Decide|Delete|Erase|Export|Get|Halt|List|Patch|Promote|Put|Rank|Recommend|Record|Redirect|Replace|Replay|Report|Resume|Roll back|Rotate|Search|Set|Show|Start|Stop|Veto"
  const begins = new RegExp(`^(${verbs}) `)
  expect(operations.map(({ summary }) => summary).filter((summary) => !begins.test(summary ?? ""))).toEqual([])
})

test("every list pages one way", () => {
  const lists = Object.values(document.paths).flatMap(({ get }) =>
    get?.operationId?.startsWith("list") && get.operationId !== "listSimilarItems" ? [get] : [],
  )
  expect(lists.length).toBeGreaterThan(9)
  for (const { operationId, parameters = [], responses } of lists) {
    const names = parameters.filter((parameter) => parameter.in === "query").map(({ name }) => name)
    expect(names, operationId).toEqual(expect.arrayContaining(["cursor", "limit"]))
    const reference = responses?.["200"]?.content["application/json"]?.schema.$ref?.split("/").at(-1)
    const { nextCursor } = document.components.schemas[reference ?? ""]?.properties ?? {}
    expect(nextCursor?.type, operationId).toEqual(["string", "null"])
  }
})
