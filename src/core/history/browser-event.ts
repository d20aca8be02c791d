import type { IdentifierType } from "../customer/identifier.ts"
import type { IncomingEvent } from "./event.ts"
import { readEventName } from "./event-name.ts"
import { type EventMeaning, meaningOf } from "./event-table.ts"
import type { Stage } from "./stage.ts"

/** Trust in an order reported by a browser: a claim until another source reports its number, or as much as a server's. */
export type BrowserOrders = "claimed" | "trusted"

const browsing: readonly (Stage | undefined)[] = [undefined, "discover", "evaluate", "buy"]
const ordering: readonly EventMeaning["order"][] = ["placed", "updated"]

/** An event as far as a public key is believed: named by `userId` or `anonymousId` alone, and a claim unless it tells of browsing. */
export function browserEvent(event: IncomingEvent, orders: BrowserOrders): IncomingEvent {
  const of = (wanted: IdentifierType) => event.identifiers.filter(({ type }) => type === wanted)
  const identifiers = [...of("userId"), ...of("anonymousId")]
  return { ...event, identifiers, ...(!isTrustedAs(event.name, orders) && { trust: "claimed" as const }) }
}

/** Whatever the name may be read as, now or when stored events are read again. */
const isTrustedAs = (given: string, orders: BrowserOrders): boolean =>
  [true, false].every((hasProduct) => isTrusted(readEventName(given, { hasProduct }).name, orders))

function isTrusted(name: string, orders: BrowserOrders): boolean {
  const { interaction, stage, opens, closes, order } = meaningOf(name)
  if (ordering.includes(order)) return orders === "trusted"
  const isService = opens !== undefined || closes !== undefined || order !== undefined
  return !isService && interaction !== "purchase" && interaction !== "return" && browsing.includes(stage)
}

const claimedOrderReason = "recorded as a claim: it counts once a server or a file tells the same order number"
const claimedEventReason = "recorded as a claim, which changes nothing: a public key is not believed here"
const claimedTraitsReason =
  "the traits are kept as claims: send them from your server, or with the customer's token as context.customerToken"

/** Returns the note for a public key about an event that does not count yet; `undefined` for one that does. */
export function claimReason({ name, trust, traits, tokenOf }: IncomingEvent): string | undefined {
  if (trust === "claimed") return meaningOf(name).order === "placed" ? claimedOrderReason : claimedEventReason
  return traits !== undefined && tokenOf === undefined ? claimedTraitsReason : undefined
}
