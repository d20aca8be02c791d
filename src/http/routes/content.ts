import { z } from "@hono/zod-openapi"
import { feedContent } from "../../actions/content/feed-content.ts"
import { serveContent } from "../../actions/content/serve-content.ts"
import { feedQuerySchema, feedSchema } from "../../core/content/content-feed.ts"
import { contentAnswerSchema, contentParametersSchema, contentQuerySchema } from "../../core/content/content-request.ts"
import { access, createRoute, endpoint, jsonAnswer } from "../server/api.ts"
import { servicesAtOwnUrl } from "../server/proxies.ts"

const types = { json: "application/json", html: "text/html; charset=utf-8", text: "text/plain; charset=utf-8" }

export const content = endpoint(
  createRoute({
    ...access({ permission: "content:read" }),
    tags: ["content"],
    method: "get",
    path: "/v1/content/{placement}",
    operationId: "getContent",
    summary: "Get personal content",
    description:
      "Decides and renders once per placement, campaign, customer and slot, then returns the same bytes. After a withdrawal of the consent that they need, or while a complaint or delay is open, it returns a fallback, which sells neither to a customer who refused marketing by e-mail or has an open case, nor while the database cannot tell. A fallback is not stored; it is marked `fallback: true` (in HTML and text by the header `x-fallback`) and sent with `no-store`.",
    request: { params: contentParametersSchema, query: contentQuerySchema },
    responses: {
      ...jsonAnswer("The content", contentAnswerSchema),
      200: {
        description: "The content",
        content: {
          "application/json": { schema: contentAnswerSchema },
          "text/html": { schema: z.string() },
          "text/plain": { schema: z.string() },
        },
      },
    },
  }),
  async (c) => {
    const question = { ...c.req.valid("param"), ...c.req.valid("query") }
    const { body, fallback } = await serveContent(servicesAtOwnUrl(c), question, c.get("caller"))
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
      "Returns the most popular items, best first, in at most 3 MB; it is not personal, and no decision is recorded. Tools that cannot send headers put a public key into the address: `?key=…`.",
    request: { params: contentParametersSchema, query: feedQuerySchema },
    responses: jsonAnswer("The feed", feedSchema),
  }),
  (c) => {
    const question = { ...c.req.valid("param"), ...c.req.valid("query") }
    c.header("cache-control", "public, max-age=300")
    return c.json(feedContent(c.get("services"), question), 200)
  },
)
