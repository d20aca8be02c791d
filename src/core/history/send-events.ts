import type { SendState } from "../proactive/send-state.ts"
import type { Event } from "./event.ts"
import type { SendHistory } from "./history.ts"

/** The events of a send's changes; a proposal is the shop's affair and nobody's history. */
export const sendEventNames = {
  approved: "Send Approved",
  reserved: "Send Reserved",
  dispatched: "Send Dispatched",
  delivered: "Send Delivered",
  kept: "Send Kept",
  returned: "Send Returned",
  gifted: "Send Gifted",
  lost: "Send Lost",
  vetoed: "Send Vetoed",
} as const satisfies Record<Exclude<SendState, "proposed">, string>

const names: ReadonlySet<string> = new Set(Object.values(sendEventNames))

export const isSendEvent = (name: string): boolean => names.has(name)

/** What one such event adds to its items' sends. */
export function sendsOf({ name, at, lines }: Pick<Event, "name" | "at" | "lines">): Record<string, SendHistory> {
  const of = (state: keyof typeof sendEventNames) => (name === sendEventNames[state] ? 1 : 0)
  const added = { dispatched: of("dispatched"), kept: of("kept"), returned: of("returned"), lastAt: at }
  return Object.fromEntries(lines.map(({ itemId }) => [itemId, added]))
}
