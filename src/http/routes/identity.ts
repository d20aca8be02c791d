import { linkRecords as link } from "../../actions/identity/link-records.ts"
import { readCandidates } from "../../actions/identity/read-candidates.ts"
import { readLinks as read } from "../../actions/identity/read-links.ts"
import { parseCustomerName } from "../../core/customer/customer-name.ts"
import { candidatesQuerySchema, candidatesSchema } from "../../core/identity/candidate.ts"
import { linkAnswerSchema, linkRequestSchema, linksQuerySchema, linksSchema } from "../../core/identity/record-link.ts"
import { actorOf } from "../server/actor.ts"
import { access, createRoute, endpoint, jsonAnswer, jsonBody } from "../server/api.ts"
import { customerParams } from "./customers.ts"

const tags = ["customers"]

export const linkRecords = endpoint(
  createRoute({
    ...access({ permission: "identities:link", audit: "identities.link" }),
    tags,
    method: "post",
    path: "/v1/identity/links",
    operationId: "linkRecords",
    summary: "Create a link between two records",
    description:
      "`same` joins the customers of both records; the older keeps the id, and the other id leads there. `different` outweighs every rule and score until somebody says `same` again.",
    request: jsonBody(linkRequestSchema),
    responses: jsonAnswer("The customers concerned, before and after", linkAnswerSchema),
  }),
  async (c) => c.json(await link(c.var.services, c.req.valid("json"), actorOf(c)), 200),
)

export const readLinks = endpoint(
  createRoute({
    ...access({ permission: "customers:read" }),
    tags,
    method: "get",
    path: "/v1/customers/{id}/links",
    operationId: "listRecordLinks",
    summary: "List why a customer's records are one person",
    description: "Oldest first. A statement about a pair that no longer holds stays, with `holds: false`.",
    request: { params: customerParams, query: linksQuerySchema },
    responses: jsonAnswer("A page", linksSchema),
  }),
  async (c) => {
    const { services, caller } = c.var
    return c.json(await read(services, parseCustomerName(c.req.valid("param").id), c.req.valid("query"), caller), 200)
  },
)

export const listCandidates = endpoint(
  createRoute({
    ...access({ permission: "identities:review" }),
    tags,
    method: "get",
    path: "/v1/identity/candidates",
    operationId: "listIdentityCandidates",
    summary: "List pairs of records that may be one person",
    description:
      "Pairs that the last `beforehand resolve` or a new record left between two thresholds, worth most first. A verdict at `POST /v1/identity/links` takes a pair out of the list for good, and moves the threshold of later runs.",
    request: { query: candidatesQuerySchema },
    responses: jsonAnswer("A page", candidatesSchema),
  }),
  async (c) => c.json(await readCandidates(c.var.services, c.req.valid("query"), c.var.caller), 200),
)
