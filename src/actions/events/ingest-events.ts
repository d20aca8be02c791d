import type { Country } from "../../core/customer/phone.ts"
import { type BrowserOrders, browserEvent, claimReason } from "../../core/history/browser-event.ts"
import { futureTimeError, validationError } from "../../core/history/check-event.ts"
import type { IncomingEvent } from "../../core/history/event.ts"
import { meaningOf } from "../../core/history/event-table.ts"
import { storedMessageId } from "../../core/history/message-id.ts"
import { browserOutcomes, type Outcome, outcomes } from "../../core/history/outcome.ts"
import { trackedOutcome } from "../../core/history/tracked-outcome.ts"
import { withUsableIdentifiers } from "../../core/identity/usable-identifiers.ts"
import { normalizeItemId } from "../../core/schema/item-id.ts"
import type { Services } from "../../services.ts"
import { createYielder } from "../../store/database/yielder.ts"
import type { EventResult } from "../../store/events/event-types.ts"
import { unsubscribe } from "../content/unsubscribe.ts"
import { createVectorDeriver } from "../customers/derive-vectors.ts"

export interface IngestEventsOptions {
  /** True if an event that names two existing customers may make them one: server-side keys only. */
  mayMerge: boolean
  /** Country of phone numbers without a country code. */
  country: Country
  /** Keys of identifiers that many share, and so nobody's; by default none. */
  shared?: ReadonlySet<string>
  /** Trust in orders that a public key reports; by default they are claims. */
  browserOrders?: BrowserOrders
  /** `later` is for bulk: `refoldCustomers` must follow. */
  fold?: "now" | "later"
}

/** Records events once each, per message id; a bad one is rejected alone. Results are in the order of the events. */
export async function ingestEvents(
  { store, live, clock }: Pick<Services, "store" | "live" | "clock">,
  given: readonly IncomingEvent[],
  { mayMerge, country, shared = new Set(), browserOrders = "claimed", fold = "now" }: IngestEventsOptions,
): Promise<EventResult[]> {
  const named = given.map((event) =>
    withUsableIdentifiers(mayMerge ? event : browserEvent(event, browserOrders), { country, shared }),
  )
  const events = named.map(({ event }) => withItemIds(event))
  const receivedAt = clock()
  const faults: (string | undefined)[] = []
  const yieldIfDue = createYielder()
  for (const event of events) {
    faults.push(validationError(event) ?? futureTimeError(event, receivedAt))
    await yieldIfDue()
  }
  const sender = mayMerge ? "server" : "browser"
  const sound = events
    .filter((_, i) => faults[i] === undefined)
    .map((event) => ({ ...event, messageId: storedMessageId(event.messageId, sender) }))
  const options = { mayMerge, receivedAt }
  const recorded =
    fold === "later"
      ? await store.events.append(sound, options)
      : await store.events.ingest(sound, { ...options, deriveVector: createVectorDeriver(live.current()) })
  const trusted = mayMerge ? outcomes : browserOutcomes
  if (fold === "now") await recordOutcomes({ store, clock }, sound, { trusted, nowMs: options.receivedAt })
  let next = 0
  return events.map((event, i) => {
    const { messageId } = event
    const fault = faults[i]
    const { note } = named[i]!
    if (fault !== undefined) return { messageId, status: "rejected", reason: joinReasons(note, fault)! }
    const result = recorded[next++]!
    const reason = joinReasons(
      note,
      result.reason ?? (mayMerge ? undefined : (claimReason(event) ?? outcomeReason(event))),
    )
    return { ...result, messageId, ...(reason !== undefined && { reason }) }
  })
}

const withItemIds = (event: IncomingEvent): IncomingEvent => ({
  ...event,
  lines: event.lines.map((line) => ({ ...line, itemId: normalizeItemId(line.itemId) })),
})

const joinReasons = (...reasons: (string | undefined)[]): string | undefined =>
  reasons.filter((reason) => reason !== undefined).join("; ") || undefined

/** An order that counts is an acceptance, whoever tells it. */
const isTrusted = (outcome: Outcome, { name, trust }: IncomingEvent, trusted: readonly Outcome[]): boolean =>
  trusted.includes(outcome) || (outcome === "purchase" && meaningOf(name).order === "placed" && trust === undefined)

/** Returns the reason why a public key may not report an event's outcome, or `undefined`. */
function outcomeReason(event: IncomingEvent): string | undefined {
  const joined = trackedOutcome(event)
  if (joined === undefined || isTrusted(joined.outcome, event, browserOutcomes)) return undefined
  return `recorded, but not as the outcome ${joined.outcome}: a public key may report only ${browserOutcomes.join(", ")}`
}

/** An event with a decision's id is that decision's outcome too; recorded again on a retry, which changes nothing. */
async function recordOutcomes(
  { store, clock }: Pick<Services, "store" | "clock">,
  events: readonly IncomingEvent[],
  { trusted, nowMs }: { trusted: readonly Outcome[]; nowMs: number },
): Promise<void> {
  for (const event of events) {
    const joined = trackedOutcome(event)
    if (joined === undefined || !isTrusted(joined.outcome, event, trusted)) continue
    const { decisionId, outcome, value } = joined
    const reported = { messageId: event.messageId, outcome, reportedAt: event.at, value }
    await store.decisions.recordOutcome(decisionId, reported, nowMs)
    if (outcome === "unsubscribed") await unsubscribe({ store, clock }, decisionId, event.at)
  }
}
