import { listAuditEntries as list } from "../../actions/audit/list-audit-entries.ts"
import { auditListSchema, auditQuerySchema } from "../../core/access/audit-schema.ts"
import { access, createRoute, endpoint, jsonAnswer } from "../server/api.ts"

export const listAudit = endpoint(
  createRoute({
    ...access({ permission: "audit:read" }),
    tags: ["operations"],
    method: "get",
    path: "/v1/audit",
    operationId: "listAuditEntries",
    summary: "List changes with who made them",
    description:
      "One entry for each change of settings, policies, items, offers, plans, releases, webhook endpoints, keys, consents and shared identifiers, and for each erasure. Items have one for all that a request wrote, with counts. Facts (events, outcomes, decisions, reports on sends, imported consents) are kept themselves and have none, nor has what was refused or changed nothing.",
    request: { query: auditQuerySchema },
    responses: jsonAnswer("A page, newest first", auditListSchema),
  }),
  async (c) => c.json(await list(c.var.services, c.req.valid("query")), 200),
)
