import type { OfferKind } from "../catalogue/offer.ts"
import { contactRetentionMs, maxRetainedUses } from "../policy/contact-limits.ts"
import type { Channel } from "../schema/channel.ts"
import { hourMs } from "../time/durations.ts"
import { isOutside, type QuietHours } from "../time/quiet-hours.ts"

/** An offer held or made for a customer; times are milliseconds since the epoch. */
export interface Reservation {
  decisionId: string
  offerId: string
  channel: Channel
  reservedAt: number
  /** Not activated by then, it is released. */
  expiresAt: number
  activatedAt: number | null
  kind?: OfferKind
  theme?: string
  /** Reservations of one contactGroup, such as the slots of one mailing, count as one contact; by default each decision is one. */
  contactGroup?: string
  /** The order or complaint that a notice was about. */
  caseId?: string
  /** The last thing heard of it; an acceptance stays. */
  response?: "clicked" | "accepted" | "dismissed"
  respondedAt?: number
}

/** A contact that would be made. */
export interface ContactAttempt {
  offerId: string
  kind: OfferKind
  channel: Channel
  theme?: string | undefined
  contactGroup?: string | undefined
  caseId?: string | undefined
}

interface Scope {
  id: string
  channels?: readonly Channel[] | undefined
  kinds?: readonly OfferKind[] | undefined
  /** Counts all of a customer, or those of the offer alone. */
  per: "customer" | "offer"
}

/** Limits on contacting a customer. Windows look back at most `contactRetentionMs`. */
export interface ContactPolicy {
  caps: readonly (Scope & { limit: number; windowHours: number })[]
  pauses: readonly (Scope & { ignoredCount: number; pauseHours: number })[]
  dismissalCooldownHours: number
  theme: { windowHours: number } | null
  quietHours: QuietHours | null
  /** Limit on repeats of a service message, which has no cap or pause; a notice is counted per case. */
  serviceRepeat: { limit: number; minIntervalHours: number }
}

/** Returns whether a reservation counts: activated, or held and not expired. */
export const isLive = ({ activatedAt, expiresAt }: Reservation, nowMs: number): boolean =>
  activatedAt !== null || expiresAt > nowMs

/** Returns the reservations to keep at `nowMs`: live, within `contactRetentionMs`, and the latest `maxRetainedUses` per offer and channel. */
export function retainedReservations(reservations: readonly Reservation[], nowMs: number): Reservation[] {
  const left = new Map<string, number>()
  const kept = reservations.toReversed().filter((held) => {
    if (!isLive(held, nowMs) || (held.activatedAt ?? nowMs) <= nowMs - contactRetentionMs) return false
    const key = `${held.channel} ${held.offerId}`
    const room = left.get(key) ?? maxRetainedUses
    left.set(key, room - 1)
    return room > 0
  })
  return kept.reverse()
}

export interface ContactMoment {
  nowMs: number
  timeZone: string
}

/** The rule of the contact policy that a contact would break, with a sentence. */
export interface ContactRefusal {
  rule: string
  reason: string
}

/** Judges approaches on one channel at one moment: `null` for one that may be made. Service messages have limits of their own. */
export function createContactPolicyCheck(
  reservations: readonly Reservation[],
  policy: ContactPolicy,
  channel: Channel,
  { nowMs, timeZone }: ContactMoment,
): (approach: ContactAttempt, isService: boolean) => ContactRefusal | null {
  const live = reservations.filter((held) => isLive(held, nowMs))
  const { quietHours } = policy
  const quiet =
    quietHours && !isOutside(quietHours, channel, nowMs, timeZone)
      ? { rule: "quietHours", reason: `quiet hours are between ${quietHours.from} and ${quietHours.to} in ${timeZone}` }
      : null
  if (live.length === 0) return () => quiet
  const ofOffer = new Map<string, Reservation[]>()
  for (const held of live) ofOffer.set(held.offerId, [...(ofOffer.get(held.offerId) ?? []), held])
  return (approach, isService) => {
    const own = ofOffer.get(approach.offerId) ?? []
    if (isService) return repeatRefusal(ofCase(own, approach), policy, nowMs) ?? quiet
    return (
      dismissal(own, policy, nowMs) ??
      capRefusal(approach, { live, own }, policy, nowMs) ??
      pauseRefusal(approach, { live, own }, policy, nowMs) ??
      themeRefusal(approach, live, policy, nowMs) ??
      quiet
    )
  }
}

/** Returns the reservations about the same case; all of them for an approach without a case. */
const ofCase = (own: readonly Reservation[], { caseId }: ContactAttempt) =>
  caseId === undefined ? own : own.filter((held) => held.caseId === caseId)

/** Live reservations of the customer, and those of the offer alone. */
interface Counted {
  live: readonly Reservation[]
  own: readonly Reservation[]
}

const inScope = ({ channels, kinds, per }: Scope, { live, own }: Counted): Reservation[] =>
  (per === "offer" ? own : live).filter(
    (held) =>
      (channels?.includes(held.channel) ?? true) &&
      (kinds === undefined || (held.kind !== undefined && kinds.includes(held.kind))),
  )

const concerns = ({ channels, kinds }: Scope, { channel, kind }: ContactAttempt) =>
  (channels?.includes(channel) ?? true) && (kinds?.includes(kind) ?? true)

const madeAt = ({ activatedAt, reservedAt }: Reservation) => activatedAt ?? reservedAt
const contactGroupOf = ({ contactGroup, decisionId }: Reservation) => contactGroup ?? decisionId

function capRefusal(
  approach: ContactAttempt,
  counted: Counted,
  { caps }: ContactPolicy,
  nowMs: number,
): ContactRefusal | null {
  for (const cap of caps) {
    if (!concerns(cap, approach)) continue
    const since = nowMs - cap.windowHours * hourMs
    const groups = new Set(
      inScope(cap, counted)
        .filter((held) => madeAt(held) > since)
        .map(contactGroupOf),
    )
    if (approach.contactGroup !== undefined && groups.has(approach.contactGroup)) continue
    if (groups.size >= cap.limit) {
      const reason = `${groups.size} of ${cap.limit} contacts in ${cap.windowHours} hours are made or held`
      return { rule: cap.id, reason }
    }
  }
  return null
}

function pauseRefusal(
  approach: ContactAttempt,
  counted: Counted,
  { pauses }: ContactPolicy,
  nowMs: number,
): ContactRefusal | null {
  for (const pause of pauses) {
    if (!concerns(pause, approach)) continue
    const used = inScope(pause, counted).filter(({ activatedAt }) => activatedAt !== null)
    if (used.length < pause.ignoredCount) continue
    used.sort((a, b) => a.activatedAt! - b.activatedAt!)
    const answered = used.findLastIndex(({ response }) => response === "accepted" || response === "clicked")
    const ignored = used.slice(answered + 1)
    const last = ignored.at(-1)?.activatedAt ?? 0
    if (ignored.length >= pause.ignoredCount && nowMs < last + pause.pauseHours * hourMs) {
      return {
        rule: pause.id,
        reason: `the last ${ignored.length} offers were ignored; paused for ${pause.pauseHours} hours`,
      }
    }
  }
  return null
}

function dismissal(
  own: readonly Reservation[],
  { dismissalCooldownHours }: ContactPolicy,
  nowMs: number,
): ContactRefusal | null {
  const since = nowMs - dismissalCooldownHours * hourMs
  const isDismissed = own.some(({ response, respondedAt = 0 }) => response === "dismissed" && respondedAt > since)
  return isDismissed
    ? { rule: "dismissed", reason: `the customer dismissed it less than ${dismissalCooldownHours} hours ago` }
    : null
}

function themeRefusal(
  approach: ContactAttempt,
  live: readonly Reservation[],
  { theme }: ContactPolicy,
  nowMs: number,
): ContactRefusal | null {
  if (theme === null || approach.theme === undefined) return null
  const since = nowMs - theme.windowHours * hourMs
  const other = live.find((held) => held.theme !== undefined && held.theme !== approach.theme && madeAt(held) > since)
  return other
    ? {
        rule: "theme",
        reason: `the customer was contacted about ${other.theme} in the last ${theme.windowHours} hours`,
      }
    : null
}

function repeatRefusal(
  own: readonly Reservation[],
  { serviceRepeat }: ContactPolicy,
  nowMs: number,
): ContactRefusal | null {
  if (own.length >= serviceRepeat.limit)
    return { rule: "serviceLimit", reason: `the message was sent ${own.length} times, which is its limit` }
  const since = nowMs - serviceRepeat.minIntervalHours * hourMs
  return own.some((held) => madeAt(held) > since)
    ? { rule: "serviceRepeat", reason: `the message was sent less than ${serviceRepeat.minIntervalHours} hours ago` }
    : null
}
