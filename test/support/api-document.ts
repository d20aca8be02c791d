import { isDeepStrictEqual } from "node:util"
import { OpenAPIHono, type RouteConfig, z } from "@hono/zod-openapi"
import { mountRoutes } from "../../src/app.ts"
import type { Api } from "../../src/http/server/api.ts"
import { describeApi } from "../../src/http/server/docs.ts"
import type { ApiEnv } from "../../src/http/server/env.ts"

/** Returns every route of the API without what serves it: enough to read its contracts. */
export function createRoutes(): Api {
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

interface Media {
  schema?: unknown
  example?: unknown
}

/** Returns the contracts of an API's routes. */
export const contractsOf = (api: Api): RouteConfig[] =>
  api.openAPIRegistry.definitions.flatMap((definition) => (definition.type === "route" ? [definition.route] : []))

/** Returns what is wrong with the examples of a route: those of its JSON body and of each JSON answer that succeeds. */
export function exampleFaults({ operationId, request, responses }: RouteConfig): string[] {
  const answers = Object.entries(responses).filter(([status]) => status.startsWith("2"))
  const bodies = [
    { name: "body", media: mediaOf(request?.body) },
    ...answers.map(([status, answer]) => ({ name: status, media: mediaOf(answer) })),
  ]
  return bodies.flatMap(({ name, media }) => {
    const fault = media && exampleFault(media, name === "body")
    return fault ? [`${operationId} ${name}: ${fault}`] : []
  })
}

const mediaOf = (part: unknown): Media | undefined =>
  (part as { content?: Record<string, Media> } | undefined)?.content?.["application/json"]

function exampleFault({ schema, example: given }: Media, mayHaveDefaults: boolean): string | undefined {
  if (!(schema instanceof z.ZodType)) return "its schema is not one of zod"
  const example = given ?? schema.meta()?.example
  if (example === undefined) return "add an `example` to its schema"
  const { success, data, error } = schema.safeParse(example)
  if (!success) return z.prettifyError(error)
  return mayHaveDefaults || isDeepStrictEqual(data, example)
    ? undefined
    : "its example has fields that its schema lacks"
}

/** Returns the different values that fields of a name have anywhere within a value. */
export function valuesOf(name: string, value: unknown): unknown[] {
  if (typeof value !== "object" || value === null) return []
  const found = Object.entries(value).flatMap(([key, part]) => [
    ...(key === name && typeof part === "string" ? [part] : []),
    ...valuesOf(name, part),
  ])
  return [...new Set(found)]
}

/** Returns the examples in a document, whichever their place. */
export function examplesIn(value: unknown): unknown[] {
  if (typeof value !== "object" || value === null) return []
  return Object.entries(value).flatMap(([key, part]) => (key === "example" ? [part] : examplesIn(part)))
}
