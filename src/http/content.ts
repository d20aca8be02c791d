import { z } from "@hono/zod-openapi"
import { serveContent } from "../actions/serve-content.ts"
import { contentAnswerSchema, contentParametersSchema, contentQuerySchema } from "../core/decision/content-question.ts"
import { access, createRoute, endpoint, jsonAnswer } from "./api.ts"

const types = { json: "application/json", html: "text/html; charset=utf-8" }

export const content = endpoint(
  createRoute({
    ...access({ scopes: ["read"] }),
    tags: ["questions"],
    method: "get",
    path: "/v1/content/{placement}",
    summary: "Personal content for a mailing",
    description:
      "Decided and rendered once for placement, campaign, customer and slot; the same bytes ever after. A fallback is stored nowhere, marked `fallback: true` (in HTML by the header `x-fallback`) and sent `no-store`.",
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
