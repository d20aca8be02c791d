import type { Identifier } from "../customer/identifier.ts"
import type { Channel } from "../schema/channel.ts"

/** One product of an event. `quantity` is positive; whether it came or went back is the event's name. */
export interface ProductLine {
  itemId: string
  quantity: number
  price?: number
}

/** Something a customer did or that happened to them, in our own vocabulary; every way in ends here. */
export interface Event {
  messageId: string
  /** Milliseconds since the epoch, corrected for the sender's clock. */
  at: number
  name: string
  lines: readonly ProductLine[]
  channel?: Channel
  /** `claimed`: said by a browser, of an order or a service case; it counts only once a trusted source tells the same order. */
  trust?: "claimed"
  /** The name it was sent under, where that is another than `name`. */
  givenName?: string
  /** Everything else that came with it, bounded at the door; JSON. */
  properties: Readonly<Record<string, unknown>>
}

/** An identifier in the form it is compared in. */
interface GivenIdentifier extends Identifier {
  /** As its sender wrote it, where that is another spelling. */
  given?: string
}

/** An event on its way in: whom it concerns, in order of trust, and what it joins. */
export interface IncomingEvent extends Event {
  identifiers: readonly GivenIdentifier[]
  /** Only `alias`: another name of the same customer, a `userId` if there is such a one, else an `anonymousId`. */
  previousId?: string
  /** Only `identify` and `alias` carry traits. */
  traits?: Readonly<Record<string, unknown>>
  /** The customer whose token came with it: a browser's traits of that customer count. */
  tokenOf?: string
}
