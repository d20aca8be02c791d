import { z } from "@hono/zod-openapi"
import { feedContent } from "../../actions/content/feed-content.ts"
import { serveContent } from "../../actions/content/serve-content.ts"
import { feedQuerySchema, feedSchema } from "../../core/content/content-feed.ts"
import { contentAnswerSchema, contentParametersSchema, contentQuerySchema } from "../../core/content/content-request.ts"
import { access, createRoute, endpoint, jsonAnswer } from "../server/api.ts"

const types = { json: "application/json", html: "text/html; charset=utf-8" }

export const content = endpoint(
  createRoute({
    ...access({ permission: "content:read" }),
    tags: ["content"],
    method: "get",
    path: "/v1/content/{placement}",
    operationId: "getContent",
    summary: "Get personal content",
    description:
      "Decided and rendered once for placement, campaign, customer and slot; the same bytes ever after, but after a withdrawal that concerns them a fallback, which shows nothing to whom marketing by e-mail was refused. A fallback is stored nowhere, marked `fallback: true` (in HTML by the header `x-fallback`) and sent `no-store`.",
    request: { params: contentParametersSchema, query: contentQuerySchema },
    responses: {
      ...jsonAnswer("The content", contentAnswerSchema),
      200: {
        description: "The content",
        content: { "application/json": { schema: contentAnswerSchema }, "text/html": { schema: z.string() } },
      },
    },
  }),
  async (c) => {
    const question = { ...c.req.valid("param"), ...c.req.valid("query") }
    const { body, fallback } = await serveContent(c.get("services"), question, c.get("caller"))
    c.get("metrics").decisions.inc({ verb: "content", kind: fallback ? "fallback" : "content", degraded: "false" })
    return c.body(Buffer.from(body), 200, {
      "content-type": types[question.format],
      "cache-control": fallback ? "no-store" : "private, max-age=86400",
      ...(fallback && { "x-fallback": "true" }),
    })
  },
)

export const feed = endpoint(
  createRoute({
    ...access({ permission: "recommendations:ask", keyInAddress: "key" }),
    tags: ["content"],
    method: "get",
    path: "/v1/content/{placement}/feed",
    operationId: "getContentFeed",
    summary: "Get the content feed",
    description:
      "What everybody wants, best first, of at most 3 MB; nothing in it is anybody's own, and no decision is recorded. Tools that send no headers put a public key into the address: `?key=…`.",
    request: { params: contentParametersSchema, query: feedQuerySchema },
    responses: jsonAnswer("The feed", feedSchema),
  }),
  (c) => {
    const question = { ...c.req.valid("param"), ...c.req.valid("query") }
    c.header("cache-control", "public, max-age=300")
    return c.json(feedContent(c.get("services"), question), 200)
  },
)
