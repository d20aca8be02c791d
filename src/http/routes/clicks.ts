import { z } from "@hono/zod-openapi"
import { readClick, recordClick } from "../../actions/content/follow-click.ts"
import { createRoute, endpoint } from "../server/api.ts"
import { problemSchema } from "../server/problem.ts"

const params = z.strictObject({
  token: z
    .string()
    .min(1)
    .max(4000)
    .regex(/^[\w.-]+$/),
})

export const click = endpoint(
  createRoute({
    tags: ["content"],
    method: "get",
    path: "/v1/c/{token}",
    operationId: "followLink",
    summary: "Redirect and record the click",
    description:
      "Content contains these links and signs them, so that they lead only to the content's targets. The decision's `click` is recorded once. HEAD requests, prefetches, requests of known mail scanners, proxies and programs, and many links followed within seconds record none; they are counted as `machineClicks`.",
    request: { params },
    responses: {
      302: { description: "Redirect to the link's target", headers: { location: { schema: { type: "string" } } } },
      default: { description: "A problem", content: { "application/problem+json": { schema: problemSchema } } },
    },
  }),
  async (c) => {
    const services = c.get("services")
    const click = await readClick(services, c.req.valid("param").token)
    const purposes = ["sec-purpose", "purpose", "x-purpose", "x-moz"].map((name) => c.req.header(name))
    const request = { userAgent: c.req.header("user-agent"), purposes }
    if (c.req.method === "GET") await recordClick(services, click, request)
    c.header("cache-control", "no-store")
    return c.redirect(click.address, 302)
  },
)
