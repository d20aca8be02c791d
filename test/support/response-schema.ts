import { z } from "zod"
import type { AuditDeclaration } from "../../src/core/access/audit-action.ts"
import type { Api } from "../../src/http/server/api.ts"

export interface RouteFacts {
  method: string
  path: string
  /** `undefined`: open to everybody. */
  permission: string | undefined
  /** Rows that it leaves in the audit log. */
  audit: AuditDeclaration | undefined
  /** Scopes that may call it, as the document states them. */
  scopes: readonly string[]
  hasBody: boolean
  response: z.ZodType | undefined
}

/** Returns the contract of every registered route. */
export function routesOf(app: Api): RouteFacts[] {
  return app.openAPIRegistry.definitions.flatMap((definition) => {
    if (definition.type !== "route") return []
    const { method, path, security = [], request, responses } = definition.route
    const ok = responses[200] as { content?: Record<string, { schema?: unknown }> } | undefined
    const schema = ok?.content?.["application/json"]?.schema
    return [
      {
        method: method.toUpperCase(),
        path,
        permission: definition.route["x-permission"] as string | undefined,
        audit: definition.route["x-audit"] as AuditDeclaration | undefined,
        scopes: security.flatMap((requirement) => requirement.key ?? []),
        hasBody: request?.body !== undefined,
        response: schema instanceof z.ZodType ? schema : undefined,
      },
    ]
  })
}

/** The schema of a route's 200, found by a request's method and address. */
export function responseSchemaOf(app: Api, method: string, address: string): z.ZodType | undefined {
  const { pathname } = new URL(address, "http://test")
  const routes = routesOf(app).filter((route) => route.method === method)
  const exact = routes.find(({ path }) => path === pathname)
  const pattern = (path: string) => new RegExp(`^${path.replaceAll(/{[^}]+}/g, "[^/]+")}$`)
  return (exact ?? routes.find(({ path }) => pattern(path).test(pathname)))?.response
}
