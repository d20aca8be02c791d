import type { IncomingEvent } from "../../src/core/history/event.ts"

let made = 0

/** A view of `sku-1` by the customer `u-1`, unless told otherwise; every call is another message. */
export function anEvent(given: Partial<IncomingEvent> = {}): IncomingEvent {
  made += 1
  return {
    messageId: `message-${made}`,
    at: 1_700_000_000_000 + made,
    name: "Product Viewed",
    lines: [{ itemId: "sku-1", quantity: 1 }],
    properties: {},
    identifiers: [{ type: "userId", value: "u-1" }],
    ...given,
  }
}
