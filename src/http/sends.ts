import { z } from "@hono/zod-openapi"
import { moveSend as move } from "../actions/move-send.ts"
import { listSends as list, readSend as read } from "../actions/read-sends.ts"
import { vetoSend as veto } from "../actions/veto-send.ts"
import {
  moveAnswerSchema,
  moveRequestSchema,
  reportedStates,
  sendListQuerySchema,
  sendListSchema,
  sendSchema,
  vetoRequestSchema,
} from "../core/proactive/plan-answers.ts"
import { access, createRoute, endpoint, jsonAnswer, jsonBody } from "./api.ts"

const tags = ["plans"]
const params = z.strictObject({ id: z.uuid() })

export const listSends = endpoint(
  createRoute({
    ...access({ scopes: ["read", "ingest"] }),
    tags,
    method: "get",
    path: "/v1/sends",
    summary: "The sends of a plan",
    request: { query: sendListQuerySchema },
    responses: jsonAnswer("A page in order of id", sendListSchema),
  }),
  async (c) => c.json(await list(c.var.services, c.req.valid("query")), 200),
)

export const readSend = endpoint(
  createRoute({
    ...access({ scopes: ["read", "ingest"] }),
    tags,
    method: "get",
    path: "/v1/sends/{id}",
    summary: "One send",
    request: { params },
    responses: jsonAnswer("The send", sendSchema),
  }),
  async (c) => c.json(await read(c.var.services, c.req.valid("param").id), 200),
)

export const vetoSend = endpoint(
  createRoute({
    ...access({ scopes: ["write", "ingest"] }),
    tags,
    method: "post",
    path: "/v1/sends/{id}/veto",
    summary: "The customer says no",
    description:
      "Honoured whenever it comes before the dispatch. A public key needs the customer's token, which the webhook `send.reserved` brings as `vetoToken`.",
    request: { params, ...jsonBody(vetoRequestSchema) },
    responses: jsonAnswer("Nothing will be sent", moveAnswerSchema),
  }),
  async (c) => c.json(await veto(c.var.services, c.req.valid("param").id, c.req.valid("json"), c.var.caller), 200),
)

export const moveSend = endpoint(
  createRoute({
    ...access({ scopes: ["ingest"] }),
    tags,
    method: "post",
    path: "/v1/sends/{id}/{state}",
    summary: "What becomes of a send",
    description:
      "Ask for `dispatched` before it leaves: 409 means that it must not, because the customer said no, took back the opt-in or complained, or the plan was halted. Every word may be repeated. A gift that is kept is `gifted`; what nobody speaks of ends by itself.",
    request: { params: params.extend({ state: z.enum(reportedStates) }), ...jsonBody(moveRequestSchema) },
    responses: jsonAnswer("Recorded, or known before", moveAnswerSchema),
  }),
  async (c) => {
    const { id, state } = c.req.valid("param")
    return c.json(await move(c.var.services, id, state, c.req.valid("json")), 200)
  },
)
