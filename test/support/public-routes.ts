import { holds, type Permission, permissions } from "../../src/core/access/permissions.ts"
import { routesOf } from "./response-schema.ts"
import type { TestApp } from "./test-app.ts"

interface BodySchema {
  $ref?: string
  properties?: Record<string, unknown>
  required?: readonly string[]
}

/** A route with a body that a public key may call. */
export interface PublicRoute {
  method: string
  path: string
  permission: Permission
  /** The names of the fields its body may have. */
  fields: readonly string[]
}

/** Every route with a body that a public key may call, from the table that the application serves. */
export async function publicRoutes(shop: TestApp): Promise<PublicRoute[]> {
  const { json } = await shop.ask("GET", "/openapi.json", { key: "none" })
  const document = json as {
    paths: Record<string, Record<string, { requestBody?: { content: { "application/json": { schema: BodySchema } } } }>>
    components: { schemas: Record<string, BodySchema> }
  }
  const resolve = (schema: BodySchema | undefined) =>
    schema?.$ref === undefined ? schema : document.components.schemas[schema.$ref.split("/").at(-1)!]
  return routesOf(shop.app)
    .filter(({ hasBody }) => hasBody)
    .flatMap(({ method, path, permission: named }) => {
      const permission = permissions.find((one) => one === named)
      if (permission === undefined || !holds("write", permission)) return []
      const body = document.paths[path]?.[method.toLowerCase()]?.requestBody
      const fields = Object.keys(resolve(body?.content["application/json"].schema)?.properties ?? {})
      return [{ method, path, permission, fields }]
    })
}
