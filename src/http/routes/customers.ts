import { z } from "@hono/zod-openapi"
import { makeCustomerToken as makeToken } from "../../actions/access/make-customer-token.ts"
import { eraseCustomer as erase } from "../../actions/customers/erase-customer.ts"
import { exportCustomer as exportRows } from "../../actions/customers/export-customer.ts"
import { resolveReference } from "../../actions/customers/find-customer.ts"
import { readConsentStatements as readConsents } from "../../actions/customers/read-consent-statements.ts"
import { readCustomer as read } from "../../actions/customers/read-customer.ts"
import { searchCustomers as search } from "../../actions/customers/search-customers.ts"
import { setConsent as set } from "../../actions/customers/set-consent.ts"
import { setConsents as setMany } from "../../actions/customers/set-consents.ts"
import { consentSchema } from "../../core/customer/consent.ts"
import { customerNameConstraint, parseCustomerName } from "../../core/customer/customer-name.ts"
import { consentsAnswerSchema, setConsentsSchema } from "../../core/customer/set-consents.ts"
import { tokenAnswerSchema, tokenRequestSchema } from "../../core/customer/token-request.ts"
import {
  consentAnswerSchema,
  consentLedgerSchema,
  eraseAnswerSchema,
  exportAnswerSchema,
  goldenRecordSchema,
} from "../../core/identity/golden-record.ts"
import { searchAnswerSchema, searchRequestSchema } from "../../core/identity/search-customers.ts"
import { consentPurposes } from "../../core/schema/channel.ts"
import { constraint } from "../../core/schema/constraint.ts"
import { actorOf } from "../server/actor.ts"
import { access, createRoute, endpoint, jsonAnswer, jsonBody } from "../server/api.ts"
import { takeTokens } from "../server/auth.ts"

const tags = ["customers"]
export const customerParams = z.strictObject({
  id: z
    .string()
    .min(1)
    .max(1024)
    .meta({
      ...constraint(customerNameConstraint),
      description: "A customer id, a pseudonymous `type:value`, or a customer token.",
      example: "userId:u-17",
    }),
})

const readQuerySchema = z.strictObject({
  explain: z
    .literal("fields")
    .optional()
    .meta({ description: "Adds `records` and `fields`: who said what, and when." }),
  asOf: z.iso.datetime({ offset: true }).optional().meta({
    description: "Answers what had been told by then of the records that are the customer's now.",
    example: "2026-03-01T14:00:00.000Z",
  }),
})

export const readCustomer = endpoint(
  createRoute({
    ...access({ permission: "customers:read" }),
    tags,
    method: "get",
    path: "/v1/customers/{id}",
    operationId: "getCustomer",
    summary: "Get a customer's golden record",
    request: { params: customerParams, query: readQuerySchema },
    responses: jsonAnswer("The golden record; empty for an unknown customer", goldenRecordSchema),
  }),
  async (c) => {
    const { explain, asOf } = c.req.valid("query")
    const options = { explain: explain === "fields", asOfMs: asOf === undefined ? undefined : Date.parse(asOf) }
    return c.json(await read(c.var.services, parseCustomerName(c.req.valid("param").id), c.var.caller, options), 200)
  },
)

export const searchCustomers = endpoint(
  createRoute({
    ...access({ permission: "customers:search", audit: "nothing" }),
    tags,
    method: "post",
    path: "/v1/customers/search",
    operationId: "searchCustomers",
    summary: "Search customers by name, number or address",
    description:
      "The query stands in the body, so that it reaches no address, log or history. Matches by user id and order come first, then by e-mail, phone, card and name.",
    request: jsonBody(searchRequestSchema),
    responses: jsonAnswer("The customers found", searchAnswerSchema),
  }),
  async (c) => c.json(await search(c.var.services, c.req.valid("json"), c.var.caller), 200),
)

export const exportCustomer = endpoint(
  createRoute({
    ...access({ permission: "customers:export" }),
    tags,
    method: "get",
    path: "/v1/customers/{id}/export",
    operationId: "exportCustomer",
    summary: "Export a customer's data",
    request: { params: customerParams },
    responses: jsonAnswer("The customer's rows, by table", exportAnswerSchema),
  }),
  async (c) => {
    const who = await resolveReference(c.var.services, parseCustomerName(c.req.valid("param").id))
    const { customerId, tables } = await exportRows(c.var.services, who)
    const copied = Object.fromEntries(Object.entries(tables).map(([table, rows]) => [table, [...rows]]))
    return c.json({ customerId, tables: copied }, 200)
  },
)

export const eraseCustomer = endpoint(
  createRoute({
    ...access({ permission: "customers:erase", audit: "customers.erase" }),
    tags,
    method: "delete",
    path: "/v1/customers/{id}",
    operationId: "eraseCustomer",
    summary: "Erase a customer",
    description: "May be repeated. Message ids are kept, so that a late retry restores nothing.",
    request: { params: customerParams },
    responses: jsonAnswer("Number of rows erased", eraseAnswerSchema),
  }),
  async (c) => {
    const who = await resolveReference(c.var.services, parseCustomerName(c.req.valid("param").id))
    return c.json(await erase(c.var.services, who, actorOf(c)), 200)
  },
)

export const setConsent = endpoint(
  createRoute({
    ...access({ permission: "consents:write", audit: "consents.set" }),
    tags,
    method: "put",
    path: "/v1/customers/{id}/consents/{purpose}",
    operationId: "setConsent",
    summary: "Set a customer's consent",
    description: "The latest statement by `at` holds, whatever the order of arrival.",
    request: { params: customerParams.extend({ purpose: z.enum(consentPurposes) }), ...jsonBody(consentSchema) },
    responses: jsonAnswer("The customer's consents", consentAnswerSchema),
  }),
  async (c) => {
    const { id, purpose } = c.req.valid("param")
    const customer = await resolveReference(c.var.services, parseCustomerName(id))
    return c.json(await set(c.var.services, { customer, purpose, consent: c.req.valid("json") }, actorOf(c)), 200)
  },
)

export const setConsents = endpoint(
  createRoute({
    ...access({ permission: "consents:write", audit: "consents.set", maxBodyBytes: 1_000_000, checksEach: true }),
    tags,
    method: "post",
    path: "/v1/consents",
    operationId: "setConsents",
    summary: "Set many customers' consents",
    description:
      "Each statement is checked by itself: valid ones are recorded, and `results` has the result of each, in the order sent. If none is valid the answer is 400. Of one customer and purpose the latest statement by `at` holds, whatever the order. Sent again, statements change nothing. Each counts as one request for the key's rate limit.",
    request: jsonBody(setConsentsSchema),
    responses: jsonAnswer("Result of each statement", consentsAnswerSchema),
  }),
  async (c) => {
    const { consents } = c.req.valid("json")
    takeTokens(c, consents.length - 1)
    return c.json(await setMany(c.var.services, consents, actorOf(c)), 200)
  },
)

export const readConsentLedger = endpoint(
  createRoute({
    ...access({ permission: "customers:read" }),
    tags,
    method: "get",
    path: "/v1/customers/{id}/consents",
    operationId: "getConsentLedger",
    summary: "Get what was said about a customer's consents",
    description: "The newest 1,000 statements, as they came; the golden record has what holds.",
    request: { params: customerParams },
    responses: jsonAnswer("The statements, newest first", consentLedgerSchema),
  }),
  async (c) => {
    const { services, caller } = c.var
    return c.json(await readConsents(services, parseCustomerName(c.req.valid("param").id), caller), 200)
  },
)

export const makeCustomerToken = endpoint(
  createRoute({
    ...access({ permission: "tokens:create", audit: "nothing" }),
    tags,
    method: "post",
    path: "/v1/customer-tokens",
    operationId: "createCustomerToken",
    summary: "Create a customer token",
    request: jsonBody(tokenRequestSchema),
    responses: jsonAnswer("The token", tokenAnswerSchema),
  }),
  async (c) => c.json(await makeToken(c.var.services, c.req.valid("json"), c.var.caller), 200),
)
