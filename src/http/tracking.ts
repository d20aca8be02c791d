import type { Context } from "hono"
import { recordCalls } from "../actions/record-calls.ts"
import { maxEventBytes } from "../core/history/check-event.ts"
import { type SegmentType, segmentCallSchema, segmentTypes } from "../core/history/segment.ts"
import { maxBatchBytes, segmentBatchSchema, trackingAnswerSchema } from "../core/history/tracking-answer.ts"
import { holds } from "../core/permissions.ts"
import { type ApiEnv, createRoute, endpoint, jsonAnswer, jsonBody, needs } from "./api.ts"
import { requirePermission } from "./auth.ts"
import { trackingBody } from "./tracking-body.ts"

const permission = "events:send"
const tags = ["trackers"]

/** Only a server-side key may make two customers one, and only it is told who they are. */
async function record(c: Context<ApiEnv>, given: { type?: SegmentType; calls: readonly unknown[]; sentAt?: unknown }) {
  const mayMerge = holds(c.get("caller").scope, "identities:join")
  const results = await recordCalls(c.get("services"), { ...given, mayMerge })
  for (const { status } of results) c.get("metrics").events.inc({ status })
  return {
    success: results.every(({ status }) => status !== "rejected"),
    results: mayMerge ? results : results.map(({ customerId: _, ...result }) => result),
  }
}

const oneCall = (type: SegmentType) =>
  endpoint(
    createRoute({
      ...needs(permission),
      middleware: [requirePermission(permission), trackingBody(maxEventBytes)],
      tags,
      path: `/v1/${type}`,
      method: "post",
      summary: `Segment's ${type} call`,
      request: jsonBody(segmentCallSchema),
      responses: jsonAnswer("What became of the event", trackingAnswerSchema),
    }),
    async (c) => c.json(await record(c, { type, calls: [await c.req.json()] }), 200),
  )

const batch = endpoint(
  createRoute({
    ...needs(permission),
    middleware: [requirePermission(permission), trackingBody(maxBatchBytes)],
    tags,
    path: "/v1/batch",
    method: "post",
    summary: "Up to 2500 Segment calls",
    request: jsonBody(segmentBatchSchema),
    responses: jsonAnswer("What became of each event, in the order sent", trackingAnswerSchema),
  }),
  async (c) => {
    const { batch: calls, sentAt } = c.req.valid("json")
    return c.json(await record(c, { calls, sentAt }), 200)
  },
)

/** The Segment HTTP tracking API. */
export const trackingRoutes = [...segmentTypes.map(oneCall), batch]
