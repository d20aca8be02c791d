import { z } from "@hono/zod-openapi"
import { createRoute, endpoint, jsonAnswer } from "./api.ts"

const readySchema = z.object({ ready: z.literal(true) }).meta({ id: "Ready" })

export const ready = endpoint(
  createRoute({
    method: "get",
    path: "/ready",
    tags: ["operators"],
    summary: "Whether this process takes traffic",
    responses: jsonAnswer("Ready", readySchema),
  }),
  (c) => c.json({ ready: true as const }, 200),
)

export const metrics = endpoint(
  createRoute({
    method: "get",
    path: "/metrics",
    tags: ["operators"],
    summary: "Prometheus metrics",
    responses: { 200: { description: "Exposition text", content: { "text/plain": { schema: z.string() } } } },
  }),
  async (c) => c.text(await c.var.metrics.text(), 200),
)
