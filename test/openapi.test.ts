import { createRoute, z } from "@hono/zod-openapi"
import { expect, test } from "vitest"
import { version } from "../src/version.ts"
import {
  apiDocument,
  contractsOf,
  createRoutes,
  exampleFaults,
  examplesIn,
  nullableObjectDefaults,
  valuesOf,
} from "./support/api-document.ts"

const document = apiDocument(version) as {
  paths: Record<string, Record<string, object>>
  components: { schemas: Record<string, { type?: string | string[] }> }
}

test("the document describes every route", () => {
  expect(Object.keys(document.paths)).toEqual(expect.arrayContaining(["/v1/recommend", "/v1/decide", "/health"]))
  expect(Object.values(document.paths).flatMap((methods) => Object.keys(methods)).length).toBeGreaterThan(60)
})

test("no schema that may be null has an object as its default", () => {
  expect(nullableObjectDefaults(document)).toEqual([])
})

test("an object default is found under each way to write a nullable schema", () => {
  const value = { type: ["object", "null"], default: { windowHours: 72 } }
  const planted = { properties: { theme: value, hours: { oneOf: [{ $ref: "#/x" }, { type: "null" }], default: [1] } } }
  expect(nullableObjectDefaults(planted)).toEqual(["#/properties/theme", "#/properties/hours"])
  const harmless = { budget: { type: ["object", "null"], default: null }, caps: { type: "array", default: [] } }
  expect(nullableObjectDefaults(harmless)).toEqual([])
})

test("no schema with a name is null itself; each reference says whether it may be", () => {
  const nullable = Object.entries(document.components.schemas).filter(([, { type }]) => [type].flat().includes("null"))
  expect(nullable.map(([name]) => name)).toEqual([])
  expect(JSON.stringify(document)).not.toMatch(/"allOf":\[\{"\$ref":"[^"]+"\},\{"type":\[/)
})

test("every JSON body and every JSON answer has an example that its schema accepts", () => {
  expect(contractsOf(createRoutes()).flatMap(exampleFaults)).toEqual([])
})

test("a missing example, a wrong one and one with a field too many are found", () => {
  const send = z.object({ id: z.string() })
  const asks = (schema: z.ZodType, example?: object) => {
    const content = { "application/json": { schema, ...(example && { example }) } }
    const responses = { 200: { description: "The send", content } }
    return exampleFaults(createRoute({ method: "get", path: "/sends", operationId: "getSend", responses }))
  }
  expect(asks(send)).toEqual(["getSend 200: add an `example` to its schema"])
  expect(asks(send.meta({ example: { id: 1 } }))).toEqual([expect.stringContaining("expected string")])
  expect(asks(send, { id: "1", rung: "parcel" })).toEqual([expect.stringContaining("fields that its schema lacks")])
  expect(asks(send.meta({ example: { id: "1" } }))).toEqual([])
})

test("all examples tell of one customer and one release", () => {
  const examples = examplesIn(document)
  expect(examples.length).toBeGreaterThan(60)
  for (const name of ["customerId", "userId", "planId"]) expect(valuesOf(name, examples), name).toHaveLength(1)
  expect(new Set([...valuesOf("modelVersion", examples), ...valuesOf("releaseId", examples)]).size).toBe(1)
})
