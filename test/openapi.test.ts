import { expect, test } from "vitest"
import { version } from "../src/version.ts"
import { apiDocument, nullableObjectDefaults } from "./support/api-document.ts"

const document = apiDocument(version) as { paths: Record<string, Record<string, object>> }

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
