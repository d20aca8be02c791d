import { z } from "zod"
import { type Identifier, identifierTypes } from "../customer/identifier.ts"
import { type Channel, channels } from "../schema/channel.ts"
import { clockToleranceMs } from "../time/reported-time.ts"
import { readMoment } from "../time/written-time.ts"
import type { IncomingEvent } from "./event.ts"
import { type Note, readProductLines } from "./product-lines.ts"
import { readTrackedEvent, type TrackedEvent } from "./track-event.ts"

export const segmentTypes = ["track", "identify", "page", "screen", "group", "alias"] as const
export type SegmentType = (typeof segmentTypes)[number]

const timeForms =
  "a time as ISO 8601 (2024-12-31T23:59:00+01:00), RFC 2822, or an epoch in seconds, milliseconds, micro- or nanoseconds"

/** Documented parts of a call; the call as a whole is bounded by its bytes and levels. */
const mostBytes = 32 * 1024
const textOf = (maxLength: number) => z.string().meta({ maxLength })
const number = z.number().meta({ minimum: -1e21, maximum: 1e21 })
const id = z
  .union([textOf(255), number])
  .transform(String)
  .nullish()
const time = z
  .union([z.string().max(100), number])
  .nullish()
  .meta({ description: `${timeForms}; not more than ten minutes in the future.` })
const bag = z
  .record(z.string(), z.unknown())
  .meta({ maxProperties: mostBytes / 4 })
  .nullish()

/** The fields of the Segment HTTP tracking API that are understood; every other one is ignored. */
export const segmentCallSchema = z
  .looseObject({
    type: z.enum(segmentTypes).optional().meta({ description: "In a batch: the type of the call." }),
    messageId: textOf(255).nullish(),
    userId: id,
    anonymousId: id,
    previousId: id,
    groupId: id,
    event: textOf(200).nullish(),
    name: textOf(mostBytes).nullish(),
    category: textOf(mostBytes).nullish(),
    properties: bag,
    traits: bag,
    context: bag,
    integrations: bag,
    timestamp: time,
    originalTimestamp: time,
    sentAt: time,
  })
  .meta({
    id: "SegmentCall",
    description:
      "A call of the Segment tracking API; unknown fields are ignored. A call that exceeds a bound, 32 KB or 32 levels is answered with 200 and `rejected`, with the reason.",
    maxProperties: mostBytes / 4,
  })

type SegmentCall = z.infer<typeof segmentCallSchema>

/** Time when a call came, by our clock and by the sender's. */
export interface Arrival {
  receivedAt: number
  /** The batch's time, for calls that have none of their own. */
  sentAt?: unknown
}

type NewEvent = Omit<IncomingEvent, "messageId">

/** A call as an event without an id yet where its sender gave none, or why there is none. */
export type ParsedCall =
  | {
      event: NewEvent
      /** The same order's lines of negative quantity, which went back. */
      refund?: NewEvent
      messageId: string | undefined
      notes: readonly Note[]
    }
  | { fault: string }

/** A call as an event in our vocabulary; never throws, as one bad call must not lose the others. */
export function parseSegmentCall(type: SegmentType, body: unknown, arrival: Arrival): ParsedCall {
  const parsed = segmentCallSchema.safeParse(body)
  if (!parsed.success) {
    const { path, message } = parsed.error.issues[0]!
    return { fault: `${path.join(".") || "the call"}: ${message}` }
  }
  const call = parsed.data
  if (type === "track" && !call.event?.trim()) return { fault: "a track call needs the name of its event" }
  if (type === "alias" && !call.previousId) return { fault: "an alias needs a previousId" }
  const at = happenedAt(call, arrival)
  if (at === undefined) return { fault: `timestamp must be ${timeForms}` }
  const read =
    type === "track" ? readTrackedEvent(call.event!.trim(), propertiesOf(type, call)) : plainEvent(type, call)
  if ("fault" in read) return read
  const { lines, returned, notes, ...named } = read
  const channel = channelOf(type, call)
  const event: NewEvent = {
    ...named,
    at,
    lines,
    identifiers: identifiersOf(type, call),
    ...(channel && { channel }),
    ...(type === "identify" && call.traits && { traits: call.traits }),
    ...(type === "alias" && call.previousId && { previousId: call.previousId }),
  }
  // What a decision led to is the order's to tell, once.
  const { decisionId: _, ...ofOrder } = event.properties
  const refund: NewEvent = { ...event, name: "Order Refunded", lines: returned, properties: ofOrder }
  const messageId = call.messageId || undefined
  if (returned.length === 0) return { event, messageId, notes }
  return lines.length === 0 ? { event: refund, messageId, notes } : { event, refund, messageId, notes }
}

const plainNames = {
  identify: "Customer Identified",
  page: "Page Viewed",
  screen: "Screen Viewed",
  group: "Group Joined",
  alias: "Identifiers Joined",
} as const

function plainEvent(type: keyof typeof plainNames, call: SegmentCall): TrackedEvent | { fault: string } {
  const { products: _, ...properties } = propertiesOf(type, call)
  const name = plainNames[type]
  const read = readProductLines(call.properties ?? {}, name)
  return "fault" in read ? read : { lines: read.lines, returned: [], notes: [], name, properties }
}

/**
 * Segment's correction of the sender's clock: our time of receipt, less how long before sending it happened. A little in the future is
 * now; `undefined` where a time was given that cannot be read.
 */
function happenedAt(call: SegmentCall, { receivedAt, sentAt }: Arrival): number | undefined {
  const given = call.originalTimestamp ?? call.timestamp ?? undefined
  if (given === undefined) return receivedAt
  const happened = readMoment(given)
  if (happened === undefined) return undefined
  const sent = readMoment(call.sentAt ?? sentAt)
  const at = Math.round(sent === undefined ? happened : receivedAt - (sent - happened))
  return at <= receivedAt + clockToleranceMs ? Math.min(at, receivedAt) : at
}

/**
 * In order of trust: `userId`, `anonymousId`, `context.externalIds`, and on `identify` the traits `email`, `phone` and
 * `loyaltyCard`. Of a public key only the first two count.
 */
function identifiersOf(type: SegmentType, { userId, anonymousId, traits, context }: SegmentCall): Identifier[] {
  const external = z.array(externalIdSchema).catch([]).parse(context?.externalIds)
  const given: [Identifier["type"], unknown][] = [
    ["userId", userId],
    ["anonymousId", anonymousId],
    ...external.map(({ type, id }): [Identifier["type"], unknown] => [type, id]),
  ]
  if (type === "identify") {
    given.push(["email", traits?.email], ["phone", traits?.phone], ["loyaltyCard", traits?.loyaltyCard])
  }
  return given.flatMap(([type, value]) => (isText(value) ? [{ type, value: value.trim() }] : []))
}

const externalIdSchema = z.looseObject({ type: z.enum(identifierTypes), id: z.string() })
const isText = (value: unknown): value is string => typeof value === "string" && value.trim() !== ""

const ourNames: Readonly<Record<string, string>> = {
  complaint_id: "complaintId",
  decision_id: "decisionId",
}

function propertiesOf(type: SegmentType, call: SegmentCall): Record<string, unknown> {
  const given = Object.entries(call.properties ?? {}).map(([name, value]) => [
    Object.hasOwn(ourNames, name) ? ourNames[name]! : name,
    value,
  ])
  if (type === "page" || type === "screen") {
    if (call.name) given.push(["name", call.name])
    if (call.category) given.push(["category", call.category])
  }
  if (type === "group" && call.groupId) given.push(["groupId", call.groupId])
  return Object.fromEntries(given)
}

const channelSchema = z.looseObject({ channel: z.enum(channels) })
const librarySchema = z.looseObject({ library: z.looseObject({ name: z.string() }) })

/** Returns the channel the sender states, else the one its library or the kind of call implies. */
function channelOf(type: SegmentType, { context, properties, integrations }: SegmentCall): Channel | undefined {
  for (const place of [context, properties, integrations?.Beforehand]) {
    const said = channelSchema.safeParse(place)
    if (said.success) return said.data.channel
  }
  const library = librarySchema.safeParse(context).data?.library.name ?? ""
  if (/ios|android|react-native|flutter|swift|kotlin/i.test(library)) return "app"
  if (library === "analytics.js" || type === "page") return "web"
  return type === "screen" ? "app" : undefined
}
