import { changePlan as change, type planVerbs } from "../../actions/plans/change-plan.ts"
import { answerCreatePlan } from "../../actions/plans/create-plan.ts"
import { listPlans as list, readPlan as read } from "../../actions/plans/read-plans.ts"
import { idParamsSchema } from "../../core/ids/uuid.ts"
import { changePlanSchema, planListQuerySchema, planListSchema, planSchema } from "../../core/plan/plan-schema.ts"
import { planRequestSchema } from "../../core/policy/plan-request.ts"
import { actorOf } from "../server/actor.ts"
import { access, createRoute, endpoint, jsonAnswer, jsonBody } from "../server/api.ts"

const tags = ["plans"]
const { default: problem } = jsonAnswer("", planSchema)

export const createPlan = endpoint(
  createRoute({
    ...access({ permission: "plans:write", audit: "plans.create" }),
    tags,
    method: "post",
    path: "/v1/plans",
    operationId: "createPlan",
    summary: "Create a plan",
    description:
      "The plan is made in the background over all customers: get it until its status is `planned`. Its `summary` then lists exclusions by reason, the value of more budget and the kept share by volume. Nothing leaves before it is approved and started; a dry run cannot be approved.",
    request: jsonBody(planRequestSchema),
    responses: {
      202: { description: "The plan, still being made", content: { "application/json": { schema: planSchema } } },
      default: problem,
    },
  }),
  async (c) => c.json(await answerCreatePlan(c.var.services, c.req.valid("json"), actorOf(c)), 202),
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
      "Expected and actual kept share with its lower bound, halts, calibration, and the measured increment against the holdout, in total and by segment.",
    request: { params: idParamsSchema },
    responses: jsonAnswer("The plan", planSchema),
  }),
  async (c) => c.json(await read(c.var.services, c.req.valid("param").id), 200),
)

const descriptions = {
  approve: "Approves the plan's sends; a customer's veto wins at any time before the dispatch.",
  start: "Starts to reserve sends within the budgets; a webhook message reports each of them.",
  halt: "Stops reserving and dispatching; dispatched sends are followed until they are resolved.",
  resume: "Continues a halted plan and resets its halt monitor.",
} as const

const verb = <V extends (typeof planVerbs)[number]>(name: V) =>
  endpoint(
    createRoute({
      ...access({ permission: name === "halt" ? "plans:write" : "plans:run", audit: `plans.${name}` }),
      tags,
      method: "post",
      path: `/v1/plans/{id}/${name}`,
      operationId: `${name}Plan`,
      summary: `${name[0]!.toUpperCase()}${name.slice(1)} a plan`,
      description: descriptions[name],
      request: { params: idParamsSchema, ...jsonBody(changePlanSchema) },
      responses: jsonAnswer("The plan", planSchema),
    }),
    async (c) => {
      const how = { ...c.req.valid("json"), actor: actorOf(c) }
      return c.json(await change(c.var.services, c.req.valid("param").id, name, how), 200)
    },
  )

export const approvePlan = verb("approve")
export const startPlan = verb("start")
export const haltPlan = verb("halt")
export const resumePlan = verb("resume")
