import { z } from "zod"
import { type Channel, channels } from "../customer/consent.ts"
import { type Identifier, identifierTypes } from "../customer/identifier.ts"
import type { IncomingEvent } from "./event.ts"
import { productLinesOf } from "./segment-products.ts"

export const segmentTypes = ["track", "identify", "page", "screen", "group", "alias"] as const
export type SegmentType = (typeof segmentTypes)[number]

const id = z.union([z.string(), z.number()]).transform(String).nullish()
const time = z.union([z.iso.datetime({ offset: true, local: true }), z.number()]).nullish()
const bag = z.record(z.string(), z.unknown()).nullish()

/** The fields of the Segment HTTP tracking API that are understood; every other one is ignored. */
export const segmentCallSchema = z
  .looseObject({
    type: z.enum(segmentTypes).optional().meta({ description: "In a batch: which call this is." }),
    messageId: z.string().nullish(),
    userId: id,
    anonymousId: id,
    previousId: id,
    groupId: id,
    event: z.string().nullish(),
    name: z.string().nullish(),
    category: z.string().nullish(),
    properties: bag,
    traits: bag,
    context: bag,
    integrations: bag,
    timestamp: time,
    originalTimestamp: time,
    sentAt: time,
  })
  .meta({ id: "SegmentCall", description: "A call of the Segment tracking API; unknown fields are ignored." })

export type SegmentCall = z.infer<typeof segmentCallSchema>

/** When a call came, by our clock and by the sender's. */
export interface Arrival {
  receivedAt: number
  /** That of the batch, which stands for calls that have none of their own. */
  sentAt?: unknown
}

/** An event without an id yet where its sender gave none, or why there is none. */
export type ParsedCall = { event: Omit<IncomingEvent, "messageId">; messageId: string | undefined } | { fault: string }

/** A call as an event in our vocabulary; never throws, as one bad call must not lose the others. */
export function parseSegmentCall(type: SegmentType, body: unknown, arrival: Arrival): ParsedCall {
  const parsed = segmentCallSchema.safeParse(body)
  if (!parsed.success) {
    const { path, message } = parsed.error.issues[0]!
    return { fault: `${path.join(".") || "the call"}: ${message}` }
  }
  const call = parsed.data
  const name = nameOf(type, call)
  if (name === undefined) return { fault: "a track call needs the name of its event" }
  if (type === "alias" && !call.previousId) return { fault: "an alias needs a previousId" }
  const properties = propertiesOf(type, call)
  const channel = channelOf(type, call)
  return {
    messageId: call.messageId || undefined,
    event: {
      name,
      at: happenedAt(call, arrival),
      lines: productLinesOf(properties),
      properties: withoutProducts(properties),
      identifiers: identifiersOf(type, call),
      ...(channel && { channel }),
      ...(type === "identify" && call.traits && { traits: call.traits }),
      ...(type === "alias" && call.previousId && { previousId: call.previousId }),
    },
  }
}

function nameOf(type: SegmentType, { event }: SegmentCall): string | undefined {
  if (type === "track") return event?.trim() || undefined
  return {
    identify: "Customer Identified",
    page: "Page Viewed",
    screen: "Screen Viewed",
    group: "Group Joined",
    alias: "Identifiers Joined",
  }[type]
}

/** Segment's correction of the sender's clock: our time of receipt, less how long before sending it happened; never the future. */
function happenedAt(call: SegmentCall, { receivedAt, sentAt }: Arrival): number {
  const happened = toMs(call.originalTimestamp ?? call.timestamp)
  if (happened === undefined) return receivedAt
  const sent = toMs(call.sentAt ?? sentAt)
  return Math.round(Math.min(receivedAt, sent === undefined ? happened : receivedAt - (sent - happened)))
}

function toMs(value: unknown): number | undefined {
  const ms = typeof value === "number" ? value : typeof value === "string" ? Date.parse(value) : Number.NaN
  return Number.isFinite(ms) ? ms : undefined
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
  order_id: "orderId",
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

const withoutProducts = ({ products: _, ...properties }: Record<string, unknown>) => properties

const channelSchema = z.looseObject({ channel: z.enum(channels) })
const librarySchema = z.looseObject({ library: z.looseObject({ name: z.string() }) })

/** What the sender says; else what its library or the kind of call tells. */
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
