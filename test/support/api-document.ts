import { OpenAPIHono } from "@hono/zod-openapi"
import { mountRoutes } from "../../src/app.ts"
import type { Api } from "../../src/http/server/api.ts"
import { describeApi } from "../../src/http/server/docs.ts"
import type { ApiEnv } from "../../src/http/server/env.ts"

/** Returns every route of the API without what serves it: enough to read its contracts. */
function createRoutes(): Api {
  const api: Api = new OpenAPIHono<ApiEnv>()
  mountRoutes(api)
  return api
}

/** Returns `/openapi.json` as it is served. */
export const apiDocument = (version: string): unknown =>
  JSON.parse(JSON.stringify(describeApi(createRoutes(), version)))

/** Returns where a JSON schema within a document is nullable and has an object as its default, which generators of clients drop. */
export function nullableObjectDefaults(value: unknown, at = "#"): string[] {
  if (typeof value !== "object" || value === null) return []
  const inner = Object.entries(value).flatMap(([name, part]) => nullableObjectDefaults(part, `${at}/${name}`))
  const isFault = isObject((value as Schema).default) && isNullable(value)
  return isFault ? [at, ...inner] : inner
}

interface Schema {
  type?: string | string[]
  nullable?: boolean
  enum?: unknown[]
  anyOf?: Schema[]
  oneOf?: Schema[]
  default?: unknown
}

const isObject = (value: unknown): boolean => typeof value === "object" && value !== null

const isNullable = ({ type, nullable, enum: values, anyOf = [], oneOf = [] }: Schema): boolean =>
  nullable === true ||
  [type].flat().includes("null") ||
  values?.includes(null) === true ||
  [...anyOf, ...oneOf].some(isNullable)
