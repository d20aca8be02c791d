import { putPolicy as put } from "../../actions/policies/put-policy.ts"
import {
  listPolicies as list,
  listPolicyVersions as listVersions,
  readPolicy as read,
} from "../../actions/policies/read-policies.ts"
import { policyDraftSchema } from "../../core/policy/policy.ts"
import {
  policyHistoryQuerySchema,
  policyListQuerySchema,
  policyListSchema,
  policyParametersSchema,
  policyVersionSchema,
  putPolicyAnswerSchema,
  putPolicyQuerySchema,
} from "../../core/policy/policy-schema.ts"
import { actorOf } from "../server/actor.ts"
import { access, createRoute, endpoint, jsonAnswer, jsonBody } from "../server/api.ts"

const tags = ["policies"]
const path = "/v1/policies/{placement}"

export const putPolicy = endpoint(
  createRoute({
    ...access({ permission: "policies:write", audit: "policies.put" }),
    tags,
    path,
    method: "put",
    operationId: "putPolicy",
    summary: "Put a placement's policy in force",
    description:
      "Creates a new version, which every server uses within two seconds. Fields that are left out have their default. A policy that cannot work is refused with JSON pointers. With `dryRun` nothing changes: it reevaluates logged decisions, and decides for a sample of customers under both policies.",
    request: { params: policyParametersSchema, query: putPolicyQuerySchema, ...jsonBody(policyDraftSchema) },
    responses: jsonAnswer("The version in force, or the result of a dry run", putPolicyAnswerSchema),
  }),
  async (c) => {
    const { placement } = c.req.valid("param")
    return c.json(await put(c.var.services, placement, c.req.valid("json"), c.req.valid("query"), actorOf(c)), 200)
  },
)

export const readPolicy = endpoint(
  createRoute({
    ...access({ permission: "policies:read" }),
    tags,
    path,
    method: "get",
    operationId: "getPolicy",
    summary: "Get a placement's policy",
    description: "Returns the placement's own policy, else that of the placement `default`, else the built-in one.",
    request: { params: policyParametersSchema },
    responses: jsonAnswer("The policy", policyVersionSchema),
  }),
  async (c) => c.json(await read(c.var.services, c.req.valid("param").placement), 200),
)

export const listPolicies = endpoint(
  createRoute({
    ...access({ permission: "policies:read" }),
    tags,
    path: "/v1/policies",
    method: "get",
    operationId: "listPolicies",
    summary: "List policies in force",
    request: { query: policyListQuerySchema },
    responses: jsonAnswer("A page, by placement", policyListSchema),
  }),
  async (c) => c.json(await list(c.var.services, c.req.valid("query")), 200),
)

export const listPolicyVersionsRoute = endpoint(
  createRoute({
    ...access({ permission: "policies:read" }),
    tags,
    path: `${path}/history`,
    method: "get",
    operationId: "listPolicyVersions",
    summary: "List versions of a placement's policy",
    request: { params: policyParametersSchema, query: policyHistoryQuerySchema },
    responses: jsonAnswer("The versions", policyListSchema),
  }),
  async (c) => {
    const { placement } = c.req.valid("param")
    return c.json(await listVersions(c.var.services, placement, c.req.valid("query")), 200)
  },
)
