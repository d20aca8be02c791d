import type { Event } from "../history/event.ts"
import { meaningOf } from "../history/event-table.ts"
import { mergeOrders, type Order, orderNumberOf, orderOf } from "../history/order.ts"
import { countsOf, placedAtOf } from "../history/order-counts.ts"
import { acceptances, type Outcome } from "../history/outcome.ts"
import { dayMs, hourMs } from "../time/durations.ts"
import { type Dimension, type Goal, repurchaseDays } from "./goal.ts"

/** A customer's part of a goal on a day: `x` to its numerator, `y` to its denominator where that is not customers. */
export interface Fact {
  goal: string
  /** Days since the epoch, in UTC. */
  day: number
  x: number
  y: number
  /** Currency of money; "" for what is none. */
  currency: string
  slices: Readonly<Partial<Record<Dimension, string>>>
}

/** A decision that made an offer, with what came of it. */
export interface OfferMade {
  at: number
  placement: string
  channel: string | null
  offerId: string
  releaseId: string | null
  campaign: string | null
  currency: string | null
  /** True where it was activated, or has an outcome. */
  reached: boolean
  outcomes: readonly { outcome: Outcome; value: number | null }[]
}

/** One order as figures count it. */
interface CountedOrder {
  at: number
  value: number | undefined
  currency: string
  units: number
  slices: Fact["slices"]
}

const dayOf = (ms: number) => Math.floor(ms / dayMs)
const maxSliceLength = 200
const maxStoreLength = 100

/** Returns what a customer's events and offers add to goals, whatever their order; doubled ones add once, cancelled orders nothing. */
export function customerFacts(events: readonly Event[], offers: readonly OfferMade[], goals: readonly Goal[]): Fact[] {
  return [
    ...orderFacts(countedOrders(events)),
    ...events.flatMap(eventFacts),
    ...answerFacts(events),
    ...offers.flatMap(offerFacts),
    ...goals.flatMap((goal) => (goal.event ? ownFacts(events, goal.id, goal.event) : [])),
  ]
}

const slicesOf = ({ channel, properties: { store } }: Event): Fact["slices"] => ({
  ...(channel !== undefined && { channel }),
  ...((typeof store === "string" || typeof store === "number") && { store: String(store).slice(0, maxStoreLength) }),
})

/** Orders that stand: numbered ones told in whatever order and however often, and each that came without a number. */
function countedOrders(events: readonly Event[]): CountedOrder[] {
  const numbered = new Map<string, { order: Order; placing: Event | undefined }>()
  const others: CountedOrder[] = []
  for (const event of events) {
    const order = orderOf(event)
    const isPlacing = meaningOf(event.name).order === "placed"
    const number = orderNumberOf(event.properties)
    if (order === undefined) continue
    if (number === undefined) {
      if (isPlacing && event.trust !== "claimed") others.push(countedOf(order, event.at, event))
      continue
    }
    const known = numbered.get(number)
    const placing = isPlacing && isEarlier(event, known?.placing) ? event : known?.placing
    numbered.set(number, { order: known ? mergeOrders(known.order, order) : order, placing })
  }
  const standing = [...numbered.values()].flatMap(({ order, placing }) => {
    const at = placedAtOf(order)
    return at === undefined || placing === undefined ? [] : [countedOf(order, at, placing)]
  })
  return [...standing, ...others].sort((a, b) => a.at - b.at)
}

/** The earliest that a trusted source told stands for an order, else the earliest claim; of those of one moment the first by message. */
function isEarlier(event: Event, known: Event | undefined): boolean {
  if (known === undefined) return true
  const [mine, theirs] = [Number(event.trust === "claimed"), Number(known.trust === "claimed")]
  return (mine - theirs || event.at - known.at || (event.messageId < known.messageId ? -1 : 1)) < 0
}

function countedOf(order: Order, at: number, placing: Event): CountedOrder {
  const { currency } = placing.properties
  return {
    at,
    value: order.value,
    currency: typeof currency === "string" ? currency.slice(0, 3).toUpperCase() : "",
    units: Object.values(countsOf(order).bought).reduce((sum, quantity) => sum + quantity, 0),
    slices: slicesOf(placing),
  }
}

function orderFacts(orders: readonly CountedOrder[]): Fact[] {
  return orders.flatMap(({ at, value, currency, units, slices }, n) => {
    const fact = (goal: string, x: number, y: number, money = ""): Fact => {
      return { goal, day: dayOf(at), x, y, currency: money, slices }
    }
    const next = orders[n + 1]?.at ?? Number.POSITIVE_INFINITY
    return [
      fact("conversion", 1, 0),
      fact("orders", 1, 0),
      ...(units > 0 ? [fact("units", units, 0)] : []),
      ...(value === undefined ? [] : [fact("revenue", value, 0, currency), fact("averageOrder", value, 1, currency)]),
      ...repurchaseDays.map((days) => fact(`repurchase${days}`, next <= at + days * dayMs ? 1 : 0, 1)),
    ]
  })
}

/** Facts of single events: mails, complaints, withdrawals, and what became of sends. */
function eventFacts(event: Event): Fact[] {
  if (event.trust === "claimed") return []
  const slices = slicesOf(event)
  const fact = (goal: string, x: number, y: number): Fact => {
    return { goal, day: dayOf(event.at), x, y, currency: "", slices }
  }
  switch (event.name) {
    case "Email Delivered":
      return [fact("opens", 0, 1), fact("clicks", 0, 1)]
    case "Email Opened":
      return [fact("opens", 1, 0)]
    case "Email Link Clicked":
      return [fact("clicks", 1, 0)]
    case "Unsubscribed":
    case "Email Marked as Spam":
      return [fact("unsubscribes", 1, 0)]
    case "Complaint Opened":
      return [fact("complaints", 1, 0)]
    case "Send Kept":
      return [fact("keptShare", 1, 1)]
    case "Send Returned":
    case "Send Lost":
      return [fact("keptShare", 0, 1)]
    default:
      return []
  }
}

/** Hours from the first word of a complaint to the first that it is resolved, on the day of the latter; those without an id are left out. */
function answerFacts(events: readonly Event[]): Fact[] {
  const cases = new Map<string, { openedAt?: number; resolved?: Event }>()
  for (const event of events) {
    if (event.trust === "claimed") continue
    const { complaintId } = event.properties
    if (typeof complaintId !== "string" && typeof complaintId !== "number") continue
    const id = String(complaintId).slice(0, maxSliceLength)
    const known = cases.get(id) ?? {}
    if (event.name === "Complaint Opened")
      cases.set(id, { ...known, openedAt: Math.min(known.openedAt ?? event.at, event.at) })
    if (event.name === "Complaint Resolved" && isEarlier(event, known.resolved))
      cases.set(id, { ...known, resolved: event })
  }
  return [...cases.values()].flatMap(({ openedAt, resolved }) =>
    openedAt === undefined || resolved === undefined || resolved.at < openedAt
      ? []
      : [
          {
            goal: "hoursToAnswer",
            day: dayOf(resolved.at),
            x: (resolved.at - openedAt) / hourMs,
            y: 1,
            currency: "",
            slices: slicesOf(resolved),
          },
        ],
  )
}

function offerFacts(offer: OfferMade): Fact[] {
  if (!offer.reached) return []
  const { at, placement, channel, offerId, releaseId, campaign, currency, outcomes } = offer
  const slices: Fact["slices"] = {
    placement,
    offer: offerId,
    ...(channel !== null && { channel }),
    ...(campaign !== null && { campaign: campaign.slice(0, maxSliceLength) }),
    ...(releaseId !== null && { release: releaseId }),
  }
  const accepted = outcomes.filter(({ outcome }) => acceptances.includes(outcome))
  const margin = accepted.reduce((sum, { value }) => sum + (value ?? 0), 0)
  return [
    { goal: "acceptance", day: dayOf(at), x: accepted.length > 0 ? 1 : 0, y: 1, currency: "", slices },
    { goal: "margin", day: dayOf(at), x: margin, y: 1, currency: currency ?? "", slices },
  ]
}

function ownFacts(events: readonly Event[], goal: string, asked: NonNullable<Goal["event"]>): Fact[] {
  return events.flatMap((event) => {
    const { at, name, givenName, properties, trust } = event
    const isMeant = trust !== "claimed" && (name === asked.name || givenName === asked.name)
    if (!isMeant || !Object.entries(asked.where).every(([key, value]) => propertyOf(properties, key) === value))
      return []
    const given = asked.property === undefined ? 1 : Number(propertyOf(properties, asked.property) ?? Number.NaN)
    if (!Number.isFinite(given) || Math.abs(given) > 1e12) return []
    return [{ goal, day: dayOf(at), x: given, y: 0, currency: "", slices: slicesOf(event) }]
  })
}

const propertyOf = (properties: Event["properties"], key: string): unknown =>
  Object.hasOwn(properties, key) ? properties[key] : undefined
