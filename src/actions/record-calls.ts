import { createHash } from "node:crypto"
import { maxEventBytes } from "../core/history/check-event.ts"
import type { IncomingEvent } from "../core/history/event.ts"
import { parseSegmentCall, type SegmentType, segmentTypes } from "../core/history/segment.ts"
import type { Services } from "../services.ts"
import type { EventResult } from "../store/events.ts"
import { ingestEvents } from "./ingest-events.ts"

export interface TrackingCalls {
  /** The type of each call; absent: each says its own. */
  type?: SegmentType
  calls: readonly unknown[]
  /** When the batch was sent, by the sender's clock. */
  sentAt?: unknown
  mayMerge: boolean
}

/** Records calls of the Segment tracking API; one that is not understood is rejected alone. Results are in the order of the calls. */
export async function recordCalls(
  services: Pick<Services, "store" | "live" | "clock" | "newId">,
  { type, calls, sentAt, mayMerge }: TrackingCalls,
): Promise<EventResult[]> {
  const arrival = { receivedAt: services.clock(), sentAt }
  const read = calls.map((call) => readCall(type, call, arrival, services.newId))
  const events = read.flatMap((call) => ("identifiers" in call ? [call] : []))
  const recorded = await ingestEvents(services, events, { mayMerge })
  let next = 0
  return read.map((call) => ("identifiers" in call ? recorded[next++]! : call))
}

function readCall(
  given: SegmentType | undefined,
  call: unknown,
  arrival: { receivedAt: number; sentAt?: unknown },
  newId: () => string,
): IncomingEvent | EventResult {
  const said = fieldOf(call, "messageId")
  const rejected = (reason: string): EventResult => ({
    messageId: typeof said === "string" ? said : "",
    status: "rejected",
    reason,
  })
  const json = JSON.stringify(call)
  if (Buffer.byteLength(json) > maxEventBytes) return rejected(`an event must not exceed ${maxEventBytes} bytes`)
  const type = given ?? segmentTypes.find((known) => known === fieldOf(call, "type"))
  if (type === undefined) return rejected(`type must be one of ${segmentTypes.join(", ")}`)
  const parsed = parseSegmentCall(type, call, arrival)
  if ("fault" in parsed) return rejected(parsed.fault)
  // With a time of its own, the same call sent twice is one message; without, two calls may be two events.
  const isDated = fieldOf(call, "timestamp") ?? fieldOf(call, "originalTimestamp")
  const messageId = parsed.messageId ?? (isDated ? createHash("sha256").update(json).digest("hex") : newId())
  return { ...parsed.event, messageId }
}

function fieldOf(call: unknown, name: string): unknown {
  return typeof call === "object" && call !== null ? (call as Record<string, unknown>)[name] : undefined
}
