import { readEventName } from "../../core/history/event-name.ts"
import { parseSegmentCall, segmentTypes } from "../../core/history/segment.ts"
import { readMoment } from "../../core/time/written-time.ts"
import { type Basket, fileMessageId } from "./baskets.ts"
import type { Rejection } from "./line.ts"

export interface ArchivedCall {
  line: number
  call: Readonly<Record<string, unknown>>
}

/** An archived tracking call as the event it was, at the time it names; `unknownName` where its event is not understood. */
export function callBasket(
  { line, call }: ArchivedCall,
  { fileDigest, latestMs }: { fileDigest: string; latestMs: number },
): (Basket & { unknownName?: string }) | Rejection {
  const type = segmentTypes.find((known) => known === call.type)!
  const receivedAt = [call.receivedAt, call.sentAt, call.timestamp, call.originalTimestamp]
    .map((time) => readMoment(time))
    .find((time) => time !== undefined)
  if (receivedAt === undefined) return { line, reason: "badTime", message: "the call names no time" }
  if (receivedAt > latestMs) return { line, reason: "futureTime", message: "the call lies in the future" }
  const parsed = parseSegmentCall(type, call, { receivedAt })
  if ("fault" in parsed) return { line, reason: "unreadable", message: parsed.fault }
  if (parsed.event.identifiers.length === 0) {
    return { line, reason: "noCustomer", message: "the call names no customer" }
  }
  const { name, understood } = readEventName(parsed.event.name, { hasProduct: parsed.event.lines.length > 0 })
  const messageId = parsed.messageId ?? fileMessageId(fileDigest, line)
  return {
    event: { ...parsed.event, name, messageId },
    lines: [],
    rows: [line],
    ...(!understood && { unknownName: parsed.event.name }),
  }
}
