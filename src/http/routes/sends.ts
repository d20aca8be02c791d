import { z } from "@hono/zod-openapi"
import { listSends as list, readSend as read } from "../../actions/sends/read-sends.ts"
import { reportSend as move } from "../../actions/sends/report-send.ts"
import { showVeto, vetoSend as veto, vetoByLink } from "../../actions/sends/veto-send.ts"
import { idParamsSchema } from "../../core/ids/uuid.ts"
import {
  reportedStates,
  sendListQuerySchema,
  sendListSchema,
  sendReportAnswerSchema,
  sendReportSchema,
  sendSchema,
  vetoRequestSchema,
} from "../../core/plan/plan-schema.ts"
import { access, createRoute, endpoint, jsonAnswer, jsonBody } from "../server/api.ts"

const tags = ["plans"]

export const listSends = endpoint(
  createRoute({
    ...access({ permission: "sends:read" }),
    tags,
    method: "get",
    path: "/v1/sends",
    operationId: "listSends",
    summary: "List the sends of a plan",
    request: { query: sendListQuerySchema },
    responses: jsonAnswer("A page in order of id", sendListSchema),
  }),
  async (c) => c.json(await list(c.var.services, c.req.valid("query")), 200),
)

export const readSend = endpoint(
  createRoute({
    ...access({ permission: "sends:read" }),
    tags,
    method: "get",
    path: "/v1/sends/{id}",
    operationId: "getSend",
    summary: "Get a send",
    request: { params: idParamsSchema },
    responses: jsonAnswer("The send", sendSchema),
  }),
  async (c) => c.json(await read(c.var.services, c.req.valid("param").id), 200),
)

export const vetoSend = endpoint(
  createRoute({
    ...access({ permission: "sends:veto", audit: "fact" }),
    tags,
    method: "post",
    path: "/v1/sends/{id}/veto",
    operationId: "vetoSend",
    summary: "Veto a send for the customer",
    description:
      "A veto counts whenever it comes before the dispatch. A public key needs a token: the send's `vetoToken` from the webhook `send.reserved`, or a customer token. `/v1/v/{vetoToken}` is a page with a form.",
    request: { params: idParamsSchema, ...jsonBody(vetoRequestSchema) },
    responses: jsonAnswer("The vetoed send", sendReportAnswerSchema),
  }),
  async (c) => c.json(await veto(c.var.services, c.req.valid("param").id, c.req.valid("json"), c.var.caller), 200),
)

const linkParams = z.strictObject({
  token: z
    .string()
    .min(1)
    .max(1000)
    .regex(/^[\w.-]+$/),
})
const page = {
  200: { description: "The page", content: { "text/html": { schema: z.string() } } },
  default: jsonAnswer("", sendSchema).default,
}

export const readVetoLink = endpoint(
  createRoute({
    tags,
    method: "get",
    path: "/v1/v/{token}",
    operationId: "getVetoPage",
    summary: "Show the veto page",
    description:
      "Returns the page behind the link of an announcement, which contains its `vetoToken`. Reading it changes nothing.",
    request: { params: linkParams },
    responses: page,
  }),
  async (c) => {
    c.header("cache-control", "no-store")
    return c.html(await showVeto(c.get("services"), c.req.valid("param").token), 200)
  },
)

export const vetoByPage = endpoint(
  createRoute({
    "x-audit": "fact",
    tags,
    method: "post",
    path: "/v1/v/{token}",
    operationId: "submitVetoPage",
    summary: "Veto a send from the veto page",
    request: { params: linkParams },
    responses: page,
  }),
  async (c) => {
    c.header("cache-control", "no-store")
    return c.html(await vetoByLink(c.get("services"), c.req.valid("param").token), 200)
  },
)

export const moveSend = endpoint(
  createRoute({
    ...access({ permission: "sends:report", audit: "fact" }),
    tags,
    method: "post",
    path: "/v1/sends/{id}/{state}",
    operationId: "reportSendStatus",
    summary: "Report a send's status",
    description:
      "Report `dispatched` before the goods leave: 409 means that they must not, because of a veto, a withdrawn opt-in, an open case or a halted plan. Every report may be repeated. A gift that is kept becomes `gifted`; a send without reports is resolved by timeout.",
    request: { params: idParamsSchema.extend({ state: z.enum(reportedStates) }), ...jsonBody(sendReportSchema) },
    responses: jsonAnswer("The send, recorded now or before", sendReportAnswerSchema),
  }),
  async (c) => {
    const { id, state } = c.req.valid("param")
    return c.json(await move(c.var.services, id, state, c.req.valid("json")), 200)
  },
)
