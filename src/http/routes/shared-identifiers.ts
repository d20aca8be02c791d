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
      "One that came with ten userIds, addresses or cards, or with a hundred devices, within 90 days is a form's, a till's or a shop's. It joins nobody from then on; events that name nothing else are rejected and questions by it refused, but for a device, which stands for itself.",
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
    responses: jsonAnswer("It identifies its customer again", allowedIdentifierSchema),
  }),
  async (c) => {
    await allow(c.var.services, c.req.valid("json"), actorOf(c))
    return c.json({ allowed: true as const }, 200)
  },
)
