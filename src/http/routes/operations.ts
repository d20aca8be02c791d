import { z } from "@hono/zod-openapi"
import { readHealth } from "../../actions/operations/read-health.ts"
import { databaseReasons } from "../../core/problem/database-reason.ts"
import { ApiError } from "../../core/problem/problem.ts"
import { type StartReason, startSteps } from "../../core/problem/start-reason.ts"
import { story } from "../../core/schema/example-story.ts"
import { createRoute, endpoint, jsonAnswer } from "../server/api.ts"

const tags = ["operations"]
const moment = z.iso.datetime()
const reasonCodes = Object.keys({ ...databaseReasons, ...startSteps }) as StartReason[]

const healthSchema = z
  .object({
    status: z.enum(["ok", "degraded", "failing", "starting"]).meta({
      description:
        "`degraded`: some calls are answered from memory or refused; `failing`: nothing can be answered; `starting`: nothing yet.",
    }),
    reasons: z
      .array(
        z
          .object({
            code: z.enum([...reasonCodes, "catalogueUnread", "partitionsEndSoon"]),
            affects: z.enum(["reads", "writes", "answers"]),
            since: moment,
            message: z.string(),
          })
          .meta({ id: "HealthReason" }),
      )
      .meta({ description: "Faults; empty if `status` is `ok`." }),
    release: z
      .object({ id: z.uuid(), createdAt: moment, trainedUntil: moment })
      .nullable()
      .meta({ description: "The live release; `null` before the first promotion." }),
    dataAgeSeconds: z
      .number()
      .nullable()
      .meta({ description: "Seconds since the newest event that the release was trained on." }),
    catalogue: z.object({ items: z.number().int(), offers: z.number().int(), ageSeconds: z.number() }),
    database: z.object({
      reachable: z.boolean(),
      durability: z.object({ fsync: z.string(), fullPageWrites: z.string(), synchronousCommit: z.string() }).nullable(),
    }),
    holdout: z
      .object({
        share: z.number().meta({ description: "Share of customers who are not sold to; 0: it is off." }),
        quarter: z.string(),
        until: moment.meta({ description: "End of the quarter, when it is drawn anew." }),
      })
      .nullable()
      .meta({ description: "The universal holdout (`HOLDOUT_SHARE`); `null` while the service starts." }),
  })
  .meta({
    id: "Health",
    example: {
      status: "ok",
      reasons: [],
      release: {
        id: story.releaseId,
        createdAt: "2026-03-02T03:10:00.000Z",
        trainedUntil: "2026-03-02T03:00:00.000Z",
      },
      dataAgeSeconds: 22504,
      catalogue: { items: 400, offers: 26, ageSeconds: 0.4 },
      database: {
        reachable: true,
        durability: { fsync: "on", fullPageWrites: "on", synchronousCommit: "on" },
      },
      holdout: { share: 0.02, quarter: "2026-Q1", until: "2026-04-01T00:00:00.000Z" },
    },
  })

export const health = endpoint(
  createRoute({
    tags,
    method: "get",
    path: "/health",
    operationId: "getHealth",
    summary: "Get health",
    description:
      "Always 200, within a second, also while the service starts or the database is away; `/ready` says whether to send traffic.",
    responses: jsonAnswer("The service's health", healthSchema),
  }),
  async (c) => c.json(await readHealth(c.var.services), 200),
)

export const ready = endpoint(
  createRoute({
    tags,
    method: "get",
    path: "/ready",
    operationId: "getReadiness",
    summary: "Get readiness",
    description:
      "Ready from the moment it has read the catalogue, also while the database is away; 503 while it is stopping.",
    responses: jsonAnswer(
      "Ready",
      z.object({ ready: z.literal(true) }).meta({ id: "Ready", example: { ready: true } }),
    ),
  }),
  (c) => {
    if (c.var.services.catalogue.asOf() === 0) {
      throw new ApiError("unavailable", "the catalogue is still loading; try again", { retryAfterSeconds: 1 })
    }
    return c.json({ ready: true as const }, 200)
  },
)

export const metrics = endpoint(
  createRoute({
    tags,
    method: "get",
    path: "/metrics",
    operationId: "getMetrics",
    summary: "Get Prometheus metrics",
    responses: { 200: { description: "Exposition text", content: { "text/plain": { schema: z.string() } } } },
  }),
  async (c) => c.text(await c.var.metrics.text(), 200, { "content-type": "text/plain; version=0.0.4; charset=utf-8" }),
)
