import { createRoute, OpenAPIHono, type RouteConfig, type RouteHandler, type z } from "@hono/zod-openapi"
import type { Context } from "hono"
import { methodNotAllowed } from "hono/method-not-allowed"
import type { AuditDeclaration } from "../../core/access/audit-action.ts"
import { type Permission, scopesWith } from "../../core/access/permissions.ts"
import { ApiError } from "../../core/problem/problem.ts"
import type { Services } from "../../services.ts"
import { allowOrigins, secureHeaders, setHeader } from "./answer-headers.ts"
import { requirePermission } from "./auth.ts"
import type { ApiEnv } from "./env.ts"
import type { Keyring } from "./keyring.ts"
import type { Metrics } from "./metrics.ts"
import { observeRequests } from "./observe-requests.ts"
import { answerProblem, fieldErrors, problemSchema } from "./problem.ts"
import { createRateLimit } from "./rate-limit.ts"
import { type BodyTerms, requireJson } from "./require-json.ts"
import { traceRequests } from "./trace-requests.ts"

export type Api = OpenAPIHono<ApiEnv>

/** An API without routes: request ids, logs, headers, authentication and problems for whatever is mounted on it. */
export function createApi(services: Services, metrics: Metrics, keyring: Keyring): Api {
  const { requestsPerSecond, clientRequestsPerSecond } = services.config
  const take = requestsPerSecond === 0 ? undefined : createRateLimit(requestsPerSecond)
  const takeOfClient = clientRequestsPerSecond === 0 ? undefined : createRateLimit(clientRequestsPerSecond, "client")
  const api: Api = new OpenAPIHono<ApiEnv>({
    defaultHook: (result) => {
      if (result.success) return
      const errors = fieldErrors(result.error.issues, result.target)
      const where = errors.map(({ pointer }) => pointer || "the whole body").join(", ")
      throw new ApiError("invalidRequest", `correct ${where}; /docs shows the shape`, { errors })
    },
  })
  api.use((c, next) => {
    const requestId = requestIdOf(c.req.header("x-request-id")) ?? services.newId()
    setHeader(c, "x-request-id", requestId)
    c.set("requestId", requestId)
    c.set("services", services)
    c.set("keyring", keyring)
    if (take !== undefined) c.set("take", take)
    if (takeOfClient !== undefined) c.set("takeOfClient", takeOfClient)
    c.set("metrics", metrics)
    return next()
  })
  if (services.tracing !== undefined) api.use(traceRequests(services.tracing))
  api.use(observeRequests)
  api.use(secureHeaders)
  api.use(
    methodNotAllowed({
      app: api,
      onMethodNotAllowed: refuseMethod,
    }),
  )
  api.notFound((c) => answerProblem(new ApiError("notFound", "no such path; /docs lists them all"), c))
  api.onError(answerProblem)
  return api
}

function refuseMethod(c: Context<ApiEnv>, allowed: readonly string[]): Response {
  const response = answerProblem(new ApiError("methodNotAllowed", `use ${allowed.join(" or ")}`), c)
  response.headers.set("allow", allowed.join(", "))
  return response
}

/** Refuses a method at a path that a route with a parameter in its place would take; to be mounted before that one. */
export const withoutMethod = (api: Api, method: string, path: string, allowed: readonly string[]) =>
  api.on(method, path, (c) => refuseMethod(c, allowed))

/** A caller may name a request, in a way that does no harm in a log. */
const requestIdOf = (given: string | undefined): string | undefined =>
  given !== undefined && /^[\w=-]{1,255}$/.test(given) ? given : undefined

interface Access extends BodyTerms {
  permission: Permission
  /** For a route that changes something. */
  audit?: AuditDeclaration
  /** Default 256 KB. */
  maxBodyBytes?: number
  /** The parameter that may hold a public key, for callers that send no headers. */
  keyInAddress?: "key"
}

/** Returns what is documented of a route behind a key: the permission, the scopes that hold it, and what it leaves in the audit log. */
export const needs = (permission: Permission, audit?: AuditDeclaration) => ({
  security: [{ key: scopesWith(permission) }],
  "x-permission": permission,
  ...(audit !== undefined && { "x-audit": audit }),
})

/** Returns the part of a route's contract that closes it to all keys but those that hold the permission. */
export const access = ({ permission, audit, keyInAddress, maxBodyBytes = 256 * 1024, ...terms }: Access) => ({
  ...needs(permission, audit),
  middleware: [requirePermission(permission, keyInAddress), requireJson(maxBodyBytes, terms)],
})

/** Returns the contract of a JSON body; required, so that an empty one never arrives as `{}`. Its example is by default its schema's. */
export const jsonBody = <T extends z.ZodType>(schema: T, example?: object) => ({
  body: { required: true as const, content: { "application/json": { schema, ...(example && { example }) } } },
})

/** The one successful answer of a route, and the problem that every other answer is. */
export const jsonAnswer = <T extends z.ZodType>(description: string, schema: T) => ({
  200: { description, content: { "application/json": { schema } } },
  default: { description: "A problem", content: { "application/problem+json": { schema: problemSchema } } },
})

/** A route's contract and what answers it, for `app.ts` to list. */
export const endpoint = <R extends RouteConfig>(route: R, handler: RouteHandler<R, ApiEnv>) => ({ route, handler })

/** Lets browsers call those of the routes that a public key may call, or that need no key. */
export function openToBrowsers(
  api: Api,
  origins: readonly string[],
  endpoints: readonly { route: RouteConfig }[],
): void {
  const allow = allowOrigins(origins)
  for (const { route } of endpoints) {
    if (route.security === undefined || route.security.some(({ key }) => key?.includes("write")))
      api.use(route.path.replaceAll(/{(.+?)}/g, ":$1"), allow)
  }
}

export { createRoute }
