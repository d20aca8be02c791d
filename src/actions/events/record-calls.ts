import { createHash } from "node:crypto"
import { maxEventBytes, tooDeepEvent } from "../../core/history/check-event.ts"
import type { IncomingEvent } from "../../core/history/event.ts"
import type { Note } from "../../core/history/product-lines.ts"
import { type Arrival, parseSegmentCall, type SegmentType, segmentTypes } from "../../core/history/segment.ts"
import { isTooDeep } from "../../core/schema/json-depth.ts"
import type { Services } from "../../services.ts"
import { createYielder } from "../../store/database/yielder.ts"
import type { EventResult } from "../../store/events/event-types.ts"
import { tokenOwner } from "../access/token-owner.ts"
import { ingestEvents } from "./ingest-events.ts"

export interface TrackingCalls {
  /** The type of each call; absent: each says its own. */
  type?: SegmentType
  calls: readonly unknown[]
  /** Time when the batch was sent, by the sender's clock. */
  sentAt?: unknown
  mayMerge: boolean
}

/** A call that can be recorded: its event, and that of what went back in the same order. */
interface ReadCall {
  event: IncomingEvent
  refund?: IncomingEvent
  notes: readonly Note[]
  /** The token that came with the call and proves whose traits it has. */
  customerToken?: unknown
}

export interface TrackingResult extends EventResult {
  /** Parts of an accepted event that were not understood. */
  notes?: readonly Note[]
}

/** Records calls of the Segment tracking API; one that is not understood is rejected alone. Results are in the order of the calls. */
export async function recordCalls(
  services: Pick<Services, "store" | "live" | "clock" | "newId" | "config" | "log" | "settings" | "sharedIdentifiers">,
  { type, calls, sentAt, mayMerge }: TrackingCalls,
): Promise<TrackingResult[]> {
  const arrival = { receivedAt: services.clock(), sentAt }
  const yieldIfDue = createYielder()
  const read: (ReadCall | EventResult)[] = []
  for (const call of calls) {
    read.push(readOrReject(services, type, call, arrival))
    await yieldIfDue()
  }
  const readable = read.flatMap((call) => ("event" in call ? [call] : []))
  const { browserOrders } = services.config
  const { country } = services.settings.current()
  const events = mayMerge ? readable : await withTokens(services, readable)
  const shared = services.sharedIdentifiers.current()
  const recorded = await ingestEvents(services, events.flatMap(eventsOf), { mayMerge, country, shared, browserOrders })
  let next = 0
  return read.map((call) => {
    if (!("event" in call)) return call
    const [result, ofRefund] = [recorded[next++]!, call.refund && recorded[next++]!]
    const refused = ofRefund?.status === "rejected" && result.status === "accepted" ? { reason: ofRefund.reason! } : {}
    return {
      ...result,
      ...refused,
      ...(result.status === "accepted" && call.notes.length > 0 && { notes: call.notes }),
    }
  })
}

/** Whatever reading a call meets, the other calls of its batch go on. */
function readOrReject(
  { newId, log }: Pick<Services, "newId" | "log">,
  type: SegmentType | undefined,
  call: unknown,
  arrival: Arrival,
): ReadCall | EventResult {
  try {
    return readCall(type, call, arrival, newId)
  } catch (error) {
    log.error({ err: error }, "failed to read a tracking call")
    return rejection(undefined, "this call could not be read; the server's log says why")
  }
}

const rejection = (messageId: unknown, reason: string): EventResult => ({
  messageId: typeof messageId === "string" ? messageId : "",
  status: "rejected",
  reason,
})

function readCall(
  given: SegmentType | undefined,
  call: unknown,
  arrival: Arrival,
  newId: () => string,
): ReadCall | EventResult {
  const said = fieldOf(call, "messageId")
  const rejected = (reason: string) => rejection(said, reason)
  if (isTooDeep(call)) return rejected(tooDeepEvent)
  const json = JSON.stringify(call)
  if (Buffer.byteLength(json) > maxEventBytes) return rejected(`an event must not exceed ${maxEventBytes} bytes`)
  const type = given ?? segmentTypes.find((known) => known === fieldOf(call, "type"))
  if (type === undefined) return rejected(`type must be one of ${segmentTypes.join(", ")}`)
  const parsed = parseSegmentCall(type, call, arrival)
  if ("fault" in parsed) return rejected(parsed.fault)
  // With a time of its own, the same call sent twice is one message; without, two calls may be two events.
  const isDated = fieldOf(call, "timestamp") ?? fieldOf(call, "originalTimestamp")
  const messageId = parsed.messageId ?? (isDated ? createHash("sha256").update(json).digest("hex") : newId())
  const customerToken = fieldOf(fieldOf(call, "context"), "customerToken")
  const { event, refund, notes } = parsed
  const refundId = createHash("sha256").update(`refund of ${messageId}`).digest("hex")
  return {
    event: { ...event, messageId },
    notes,
    ...(refund && { refund: { ...refund, messageId: refundId } }),
    ...(customerToken !== undefined && { customerToken }),
  }
}

const eventsOf = ({ event, refund }: ReadCall): IncomingEvent[] => (refund === undefined ? [event] : [event, refund])

/** Says of each event with traits whose token came with it; the token itself is kept nowhere. */
async function withTokens(
  services: Pick<Services, "store" | "clock">,
  calls: readonly ReadCall[],
): Promise<ReadCall[]> {
  const owners = new Map<unknown, string | undefined>()
  const read: ReadCall[] = []
  for (const { customerToken, event, ...call } of calls) {
    const counts = event.traits !== undefined && customerToken !== undefined
    if (counts && !owners.has(customerToken)) owners.set(customerToken, await tokenOwner(services, customerToken))
    const tokenOf = counts ? owners.get(customerToken) : undefined
    read.push({ ...call, event: { ...event, ...(tokenOf !== undefined && { tokenOf }) } })
  }
  return read
}

function fieldOf(call: unknown, name: string): unknown {
  return typeof call === "object" && call !== null ? (call as Record<string, unknown>)[name] : undefined
}
