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
      "Content makes these links and signs them, so they lead nowhere but where the content did. The decision's `click` is recorded once. A HEAD request records none, nor does one that says it is a prefetch, comes from a known mail scanner, proxy or program, or is among many links followed within seconds: those are counted apart as `machineClicks`.",
    request: { params },
    responses: {
      302: { description: "On to where the link leads", headers: { location: { schema: { type: "string" } } } },
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
