import { z } from "@hono/zod-openapi"
import { changePlan as change, type planVerbs } from "../../actions/plans/change-plan.ts"
import { answerCreatePlan } from "../../actions/plans/create-plan.ts"
import { listPlans as list, readPlan as read } from "../../actions/plans/read-plans.ts"
import { changePlanSchema, planListQuerySchema, planListSchema, planSchema } from "../../core/plan/plan-schema.ts"
import { planRequestSchema } from "../../core/policy/plan-request.ts"
import { access, createRoute, endpoint, jsonAnswer, jsonBody } from "../server/api.ts"

const tags = ["plans"]
const params = z.strictObject({ id: z.uuid() })
const { default: problem } = jsonAnswer("", planSchema)

export const createPlan = endpoint(
  createRoute({
    ...access({ permission: "plans:write" }),
    tags,
    method: "post",
    path: "/v1/plans",
    operationId: "createPlan",
    summary: "Create a plan",
    description:
      "The planning goes through all customers in the background: read the plan until its status is `planned`. It then says who was left out by which gate, what more of each budget is worth, and how the kept share falls with the volume. Nothing leaves before it is approved and started; with `dryRun` nothing can.",
    request: jsonBody(planRequestSchema),
    responses: {
      202: { description: "Being planned", content: { "application/json": { schema: planSchema } } },
      default: problem,
    },
  }),
  async (c) => c.json(await answerCreatePlan(c.var.services, c.req.valid("json")), 202),
)

export const listPlans = endpoint(
  createRoute({
    ...access({ permission: "plans:read" }),
    tags,
    method: "get",
    path: "/v1/plans",
    operationId: "listPlans",
    summary: "List plans",
    request: { query: planListQuerySchema },
    responses: jsonAnswer("The plans", planListSchema),
  }),
  async (c) => c.json(await list(c.var.services, c.req.valid("query")), 200),
)

export const readPlan = endpoint(
  createRoute({
    ...access({ permission: "plans:read" }),
    tags,
    method: "get",
    path: "/v1/plans/{id}",
    operationId: "getPlan",
    summary: "Get a plan with its monitoring",
    description:
      "Expected against realised, the certificate's lower bound, whether it was halted, calibration on what was sent, and the measured increment against the holdout, over all and by segment.",
    request: { params },
    responses: jsonAnswer("The plan", planSchema),
  }),
  async (c) => c.json(await read(c.var.services, c.req.valid("param").id), 200),
)

const descriptions = {
  approve: "Lets its sends be approved; a customer's veto wins at any time before the dispatch.",
  start: "From now on sends are reserved within the budgets, and webhooks tell of each.",
  halt: "Nothing more is reserved or dispatched; what has left is followed to its end.",
  resume: "Goes on after a halt; the halt's watch begins anew.",
} as const

const verb = <V extends (typeof planVerbs)[number]>(name: V) =>
  endpoint(
    createRoute({
      ...access({ permission: name === "halt" ? "plans:write" : "plans:run" }),
      tags,
      method: "post",
      path: `/v1/plans/{id}/${name}`,
      operationId: `${name}Plan`,
      summary: `${name[0]!.toUpperCase()}${name.slice(1)} a plan`,
      description: descriptions[name],
      request: { params, ...jsonBody(changePlanSchema) },
      responses: jsonAnswer("The plan", planSchema),
    }),
    async (c) => {
      const { reason } = c.req.valid("json")
      return c.json(await change(c.var.services, c.req.valid("param").id, name, reason), 200)
    },
  )

export const approvePlan = verb("approve")
export const startPlan = verb("start")
export const haltPlan = verb("halt")
export const resumePlan = verb("resume")
