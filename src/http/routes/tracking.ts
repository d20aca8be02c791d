import { z } from "@hono/zod-openapi"
import type { Context } from "hono"
import { recordCalls } from "../../actions/events/record-calls.ts"
import { holds } from "../../core/access/permissions.ts"
import { maxEventBytes } from "../../core/history/check-event.ts"
import { type SegmentType, segmentCallSchema, segmentTypes } from "../../core/history/segment.ts"
import { segmentExamples } from "../../core/history/segment-examples.ts"
import {
  maxBatchBytes,
  maxPublicBatchEvents,
  notesText,
  segmentBatchSchema,
  trackingAnswerSchema,
} from "../../core/history/tracking-result.ts"
import { ApiError } from "../../core/problem/problem.ts"
import { createRoute, endpoint, jsonAnswer, jsonBody, needs } from "../server/api.ts"
import { requirePermission, takeTokens } from "../server/auth.ts"
import type { ApiEnv } from "../server/env.ts"
import { trackingBody } from "../server/tracking-body.ts"

const permission = "events:send"
const description =
  "With a public key, browsing events count, and a new `anonymousId` may be attached to a `userId`; nothing else is joined. Traits are kept as claims unless `context.customerToken` has the customer's token; orders are claims until a server or a file reports the same order number; other service events change nothing, as `reason` states."
const tags = ["tracking"]

/** Only a server-side key may make two customers one, and only it is told who they are. */
async function record(c: Context<ApiEnv>, given: { type?: SegmentType; calls: readonly unknown[]; sentAt?: unknown }) {
  const mayMerge = holds(c.get("caller").scope, "identities:join")
  const results = await recordCalls(c.get("services"), { ...given, mayMerge })
  const { events, eventNotes } = c.get("metrics")
  for (const { status, notes = [] } of results) {
    events.inc({ status })
    for (const { about } of notes) eventNotes.inc({ about })
  }
  return {
    success: results.every(({ status }) => status !== "rejected"),
    results: results.map(({ customerId, notes, ...result }) => ({
      ...result,
      ...(mayMerge && customerId !== undefined && { customerId }),
      ...(notes && { note: notesText(notes) }),
    })),
  }
}

/** Segment's browser library asks by the first letter of a call. */
const shortNames: Readonly<Record<SegmentType, string>> = {
  track: "t",
  identify: "i",
  page: "p",
  screen: "s",
  group: "g",
  alias: "a",
}

const oneCall = (type: SegmentType, name: string) =>
  endpoint(
    createRoute({
      ...needs(permission, "fact"),
      middleware: [requirePermission(permission), trackingBody(maxEventBytes)],
      tags,
      path: `/v1/${name}`,
      method: "post",
      operationId: name === type ? type : `${type}At${name.toUpperCase()}`,
      summary: `Record a Segment ${type} call`,
      description,
      request: jsonBody(segmentCallSchema, segmentExamples[type]),
      responses: jsonAnswer("Result of the event", trackingAnswerSchema),
    }),
    async (c) => c.json(await record(c, { type, calls: [await c.req.json()] }), 200),
  )

const batch = (name: string) =>
  endpoint(
    createRoute({
      ...needs(permission, "fact"),
      middleware: [requirePermission(permission), trackingBody(maxBatchBytes)],
      tags,
      path: `/v1/${name}`,
      method: "post",
      operationId: name === "batch" ? "batch" : `batchAt${name.toUpperCase()}`,
      summary: "Record a batch of Segment calls",
      description: `${description} A public key sends at most ${maxPublicBatchEvents} at a time. Each call counts as one request for the key's rate limit.`,
      request: jsonBody(segmentBatchSchema),
      responses: jsonAnswer("Result of each event, in the order sent", trackingAnswerSchema),
    }),
    async (c) => {
      const { batch: calls, sentAt } = c.req.valid("json")
      if (c.get("caller").scope === "write" && calls.length > maxPublicBatchEvents)
        throw new ApiError("payloadTooLarge", `a public key sends at most ${maxPublicBatchEvents} events at a time`)
      takeTokens(c, Math.max(0, calls.length - 1))
      return c.json(await record(c, { calls, sentAt }), 200)
    },
  )

/** Segment's browser library measures itself, without a key; the body is not read. */
const libraryMetrics = endpoint(
  createRoute({
    "x-audit": "nothing",
    tags,
    path: "/v1/m",
    method: "post",
    operationId: "acceptLibraryMetrics",
    summary: "Accept and discard a browser library's measurements of itself",
    responses: jsonAnswer("Discarded", z.object({ success: z.literal(true) }).meta({ example: { success: true } })),
  }),
  (c) => c.json({ success: true as const }, 200),
)

/** The Segment HTTP tracking API, by its own names and by those of Segment's browser library. */
export const trackingRoutes = [
  ...segmentTypes.map((type) => oneCall(type, type)),
  batch("batch"),
  ...segmentTypes.map((type) => oneCall(type, shortNames[type])),
  batch("b"),
  libraryMetrics,
]
