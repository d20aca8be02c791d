import type { Event } from "./event.ts"
import { type EventMeaning, eventTable, meaningOf } from "./event-table.ts"
import type { SendHistory } from "./history.ts"
import type { SendState } from "./send-state.ts"

/** The events of a send's changes; a proposal is the shop's affair and nobody's history. */
export const sendEventNames = Object.fromEntries(
  Object.entries(eventTable).flatMap(([name, { send }]: [string, EventMeaning]) => (send ? [[send, name]] : [])),
) as Record<Exclude<SendState, "proposed">, string>

export const isSendEvent = (name: string): boolean => meaningOf(name).send !== undefined

/** Returns what one such event adds to its items' send counts. */
export function sendsOf({ name, at, lines }: Pick<Event, "name" | "at" | "lines">): Record<string, SendHistory> {
  const { send } = meaningOf(name)
  const of = (state: SendState) => (send === state ? 1 : 0)
  const added = { dispatched: of("dispatched"), kept: of("kept"), returned: of("returned"), lastAt: at }
  return Object.fromEntries(lines.map(({ itemId }) => [itemId, added]))
}
