import { allowIdentifier as allow, listSharedIdentifiers as list } from "../../actions/identity/shared-identifiers.ts"
import {
  allowedIdentifierSchema,
  allowIdentifierSchema,
  sharedIdentifiersQuerySchema,
  sharedIdentifiersSchema,
} from "../../core/identity/shared-identifier.ts"
import { actorOf } from "../server/actor.ts"
import { access, createRoute, endpoint, jsonAnswer, jsonBody } from "../server/api.ts"

const tags = ["customers"]
const path = "/v1/shared-identifiers"

export const listSharedIdentifiers = endpoint(
  createRoute({
    ...access({ permission: "customers:read" }),
    tags,
    path,
    method: "get",
    operationId: "listSharedIdentifiers",
    summary: "List shared identifiers",
    description:
      "An identifier that came with ten userIds, addresses or cards, or with a hundred devices, within 90 days belongs to a form, a till or a shop. From then on it joins no customers; events and requests that name nothing else are refused, except for a device, which identifies itself.",
    request: { query: sharedIdentifiersQuerySchema },
    responses: jsonAnswer("A page", sharedIdentifiersSchema),
  }),
  async (c) => c.json(await list(c.var.services, c.req.valid("query")), 200),
)

export const allowIdentifier = endpoint(
  createRoute({
    ...access({ permission: "settings:write", audit: "identifiers.allow" }),
    tags,
    path: `${path}/allow`,
    method: "post",
    operationId: "allowSharedIdentifier",
    summary: "Allow a shared identifier to identify a customer",
    request: jsonBody(allowIdentifierSchema),
    responses: jsonAnswer("The identifier identifies its customer again", allowedIdentifierSchema),
  }),
  async (c) => {
    await allow(c.var.services, c.req.valid("json"), actorOf(c))
    return c.json({ allowed: true as const }, 200)
  },
)
