import { activateDecision } from "../../actions/decisions/activate-decision.ts"
import { readDecision as read } from "../../actions/decisions/read-decision.ts"
import { recordOutcome as record } from "../../actions/decisions/record-outcome.ts"
import { replayDecision as replayAgain } from "../../actions/decisions/replay-decision.ts"
import { decisionRecordSchema } from "../../core/decision/record.ts"
import { replaySchema } from "../../core/decision/replay.ts"
import {
  activateAnswerSchema,
  activateRequestSchema,
  outcomeAnswerSchema,
  outcomeRequestSchema,
} from "../../core/history/outcome.ts"
import { idParamsSchema } from "../../core/ids/uuid.ts"
import { access, createRoute, endpoint, jsonAnswer, jsonBody } from "../server/api.ts"

const tags = ["decisions"]

export const readDecision = endpoint(
  createRoute({
    ...access({ permission: "decisions:read" }),
    tags,
    method: "get",
    path: "/v1/decisions/{id}",
    operationId: "getDecision",
    summary: "Get a decision",
    description:
      "Every candidate with the stage and rule that removed it, or the terms of its score and its probability.",
    request: { params: idParamsSchema },
    responses: jsonAnswer("The decision", decisionRecordSchema),
  }),
  async (c) => c.json(await read(c.var.services, c.req.valid("param").id), 200),
)

export const replayDecision = endpoint(
  createRoute({
    ...access({ permission: "decisions:read" }),
    tags,
    method: "get",
    path: "/v1/decisions/{id}/replay",
    operationId: "replayDecision",
    summary: "Replay a decision",
    description:
      "Recomputes propensities from the logged features with the release of that time, then scores, probabilities and the draw with the policy version of that time.",
    request: { params: idParamsSchema },
    responses: jsonAnswer("The recomputed decision, and whether it is identical", replaySchema),
  }),
  async (c) => c.json(await replayAgain(c.var.services, c.req.valid("param").id), 200),
)

export const recordOutcome = endpoint(
  createRoute({
    ...access({ permission: "outcomes:send", audit: "fact" }),
    tags,
    method: "post",
    path: "/v1/decisions/{id}/outcome",
    operationId: "recordOutcome",
    summary: "Record an outcome",
    description:
      "A retry with the same message id changes nothing. Every outcome also activates the decision, because the customer has seen it; `unsubscribed` withdraws consent to marketing on its channel.",
    request: { params: idParamsSchema, ...jsonBody(outcomeRequestSchema) },
    responses: jsonAnswer("Recorded now or before", outcomeAnswerSchema),
  }),
  async (c) => c.json(await record(c.var.services, c.req.valid("param").id, c.req.valid("json"), c.var.caller), 200),
)

export const activate = endpoint(
  createRoute({
    ...access({ permission: "decisions:activate", audit: "fact" }),
    tags,
    method: "post",
    path: "/v1/decisions/{id}/activate",
    operationId: "activateDecision",
    summary: "Activate a decision",
    description:
      "Turns the decision's reservation into use; after `expiresAt` the reservation is released and the answer is 410. Caps count by `at`, limited to the range from the decision's time to the server's now; a time more than ten minutes ahead, or before 1970, is refused.",
    request: { params: idParamsSchema, ...jsonBody(activateRequestSchema) },
    responses: jsonAnswer("Activated", activateAnswerSchema),
  }),
  async (c) => c.json(await activateDecision(c.var.services, c.req.valid("param").id, c.req.valid("json").at), 200),
)
