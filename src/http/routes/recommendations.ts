import { z } from "@hono/zod-openapi"
import type { Context } from "hono"
import { decideOffer } from "../../actions/decisions/decide-offer.ts"
import { findSimilar } from "../../actions/recommendations/find-similar.ts"
import { rankItems } from "../../actions/recommendations/rank-items.ts"
import { recommendItems } from "../../actions/recommendations/recommend-items.ts"
import { recommendPage as recommendListsOfPage } from "../../actions/recommendations/recommend-page.ts"
import {
  decideAnswerSchema,
  pageAnswerSchema,
  recommendAnswerSchema,
  similarAnswerSchema,
} from "../../core/decision/decision-schema.ts"
import {
  decideRequestSchema,
  pageRequestSchema,
  rankRequestSchema,
  recommendRequestSchema,
  similarQuerySchema,
} from "../../core/decision/question.ts"
import { itemIdSchema } from "../../core/schema/item-id.ts"
import { access, createRoute, endpoint, jsonAnswer, jsonBody } from "../server/api.ts"
import type { ApiEnv } from "../server/env.ts"

const tags = ["recommendations"]
const open = access({ permission: "recommendations:ask", audit: "fact", maxBodyBytes: 512 * 1024 })

function countAnswer(
  c: Context<ApiEnv>,
  verb: "recommend" | "rank" | "decide",
  { kind, degraded, decisionId }: { kind: string; degraded: boolean; decisionId: string | null },
): void {
  const { decisions, unrecorded } = c.get("metrics")
  decisions.inc({ verb, kind, degraded: String(degraded) })
  if (decisionId !== null) return
  const { state } = c.get("services").store
  unrecorded.inc({ verb, reason: (state.fault("reads") ?? state.fault("writes"))?.reason ?? "late" })
}

export const recommend = endpoint(
  createRoute({
    ...open,
    tags,
    method: "post",
    path: "/v1/recommend",
    operationId: "recommend",
    summary: "Recommend items to a customer",
    description: "Never empty while a matching item is available; an unknown customer is a cold start.",
    request: jsonBody(recommendRequestSchema),
    responses: jsonAnswer("Items, best first", recommendAnswerSchema),
  }),
  async (c) => {
    const answer = await recommendItems(c.get("services"), c.req.valid("json"), c.get("caller"))
    countAnswer(c, "recommend", { kind: "items", ...answer })
    return c.json(answer, 200)
  },
)

export const recommendPage = endpoint(
  createRoute({
    ...open,
    tags,
    method: "post",
    path: "/v1/recommend/page",
    operationId: "recommendPage",
    summary: "Recommend the lists of a page",
    description:
      "Several lists in one call, no item twice on the page. Each list is a decision of its own, whose outcomes and next pages are those of `POST /v1/recommend`.",
    request: jsonBody(pageRequestSchema),
    responses: jsonAnswer("Lists in the order asked, each best first", pageAnswerSchema),
  }),
  async (c) => {
    const answer = await recommendListsOfPage(c.get("services"), c.req.valid("json"), c.get("caller"))
    for (const { decisionId } of answer.lists)
      countAnswer(c, "recommend", { kind: "items", degraded: answer.degraded, decisionId })
    return c.json(answer, 200)
  },
)

export const rank = endpoint(
  createRoute({
    ...open,
    tags,
    method: "post",
    path: "/v1/rank",
    operationId: "rank",
    summary: "Rank items for a customer",
    description:
      "Takes up to 2,000 items and returns each once; unknown and unavailable ones are left out. With a `limit` it answers a page at a time.",
    request: jsonBody(rankRequestSchema),
    responses: jsonAnswer("Items, best first", recommendAnswerSchema),
  }),
  async (c) => {
    const answer = await rankItems(c.get("services"), c.req.valid("json"), c.get("caller"))
    countAnswer(c, "rank", { kind: "items", ...answer })
    return c.json(answer, 200)
  },
)

export const similarItems = endpoint(
  createRoute({
    ...access({ permission: "items:find" }),
    tags,
    method: "get",
    path: "/v1/items/{id}/similar",
    operationId: "listSimilarItems",
    summary: "List items that go with an item",
    description:
      "The recipe `complements` for one item and nobody in particular; `POST /v1/recommend` answers it for a customer, or for a whole cart.",
    request: {
      params: z.strictObject({ id: itemIdSchema }),
      query: similarQuerySchema,
    },
    responses: jsonAnswer("Items, best first", similarAnswerSchema),
  }),
  (c) => {
    const { limit, filter, exclude } = c.req.valid("query")
    return c.json(findSimilar(c.get("services"), { itemId: c.req.valid("param").id, limit, filter, exclude }), 200)
  },
)

export const decide = endpoint(
  createRoute({
    ...open,
    tags: ["decisions"],
    method: "post",
    path: "/v1/decide",
    operationId: "decide",
    summary: "Decide the next best offer",
    request: jsonBody(decideRequestSchema),
    responses: jsonAnswer("An offer or `nothing`, with its exact selection probability", decideAnswerSchema),
  }),
  async (c) => {
    const answer = await decideOffer(c.get("services"), c.req.valid("json"), c.get("caller"))
    countAnswer(c, "decide", answer)
    return c.json(answer, 200)
  },
)
