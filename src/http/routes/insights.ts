import { z } from "@hono/zod-openapi"
import { listGoals as list, putGoal as put } from "../../actions/insights/goals.ts"
import { readInsights as read } from "../../actions/insights/read-insights.ts"
import {
  goalIdSchema,
  goalListQuerySchema,
  goalListSchema,
  goalSchema,
  putGoalSchema,
} from "../../core/insight/goal.ts"
import { insightsQuerySchema, insightsSchema } from "../../core/insight/insight-schema.ts"
import { actorOf } from "../server/actor.ts"
import { access, createRoute, endpoint, jsonAnswer, jsonBody } from "../server/api.ts"

const tags = ["insights"]

export const putGoal = endpoint(
  createRoute({
    ...access({ permission: "goals:write", audit: "goals.put" }),
    tags,
    method: "put",
    path: "/v1/goals/{id}",
    operationId: "putGoal",
    summary: "Put a goal",
    description:
      "Creates or replaces a goal of the shop's own, which counts an event; of a shipped goal it sets title, direction and target. All customers are then counted anew, which takes a while.",
    request: { params: z.strictObject({ id: goalIdSchema }), ...jsonBody(putGoalSchema) },
    responses: jsonAnswer("The goal", goalSchema),
  }),
  async (c) => c.json(await put(c.var.services, c.req.valid("param").id, c.req.valid("json"), actorOf(c)), 200),
)

export const listGoals = endpoint(
  createRoute({
    ...access({ permission: "insights:read" }),
    tags,
    method: "get",
    path: "/v1/goals",
    operationId: "listGoals",
    summary: "List goals",
    request: { query: goalListQuerySchema },
    responses: jsonAnswer("A page, by id", goalListSchema),
  }),
  async (c) => c.json(await list(c.var.services, c.req.valid("query")), 200),
)

export const readInsights = endpoint(
  createRoute({
    ...access({ permission: "insights:read" }),
    tags,
    method: "get",
    path: "/v1/insights",
    operationId: "getInsights",
    summary: "Get a goal's figures",
    description:
      "Returns a goal's value in a quarter with its interval, its increment against the universal holdout, slices, and sums by day. Figures follow events within seconds.",
    request: { query: insightsQuerySchema },
    responses: jsonAnswer("The figures", insightsSchema),
  }),
  async (c) => c.json(await read(c.var.services, c.req.valid("query")), 200),
)
