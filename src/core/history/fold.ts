import type { Event, ProductLine } from "./event.ts"
import { type EventMeaning, type InteractionKind, meaningOf } from "./event-table.ts"
import { emptyHistory, type History, type ItemHistory, type Matter } from "./history.ts"
import { mergeHistories } from "./merge-histories.ts"
import { isSendEvent, sendsOf } from "./send-events.ts"

/**
 * The one fold, online and offline: what a customer did, added to their history. The order and grouping of events make no
 * difference while no bound of `History` is exceeded; beyond a bound the oldest is forgotten.
 */
export function fold(history: History, events: readonly Event[]): History {
  return events.length === 0 ? history : mergeHistories(history, mergeAll(events.map(historyOf)))
}

/** Pairs first, so that long lists of events cost n log n and not n². */
function mergeAll(histories: readonly History[]): History {
  if (histories.length === 1) return histories[0]!
  const half = histories.length >> 1
  return mergeHistories(mergeAll(histories.slice(0, half)), mergeAll(histories.slice(half)))
}

function historyOf(event: Event): History {
  const { at, name, properties } = event
  if (isSendEvent(name)) return { ...emptyHistory, sends: sendsOf(event) }
  const meaning = meaningOf(name)
  const { interaction: kind, stage } = meaning
  const lines = kind === undefined ? [] : [...quantityByItem(event.lines)]
  const isOrder = kind === "purchase"
  return {
    format: 1,
    items: Object.fromEntries(lines.map(([itemId, quantity]) => [itemId, itemHistoryOf(kind!, quantity, at)])),
    recent: lines.map(([itemId]) => ({ itemId, kind: kind!, at })).sort((a, b) => (a.itemId < b.itemId ? -1 : 1)),
    orders: isOrder ? 1 : 0,
    lastOrderAt: isOrder ? at : null,
    firstAt: at,
    lastAt: at,
    stage: stage ?? emptyHistory.stage,
    stageAt: stage === undefined ? null : at,
    complaints: matter("complaint", meaning, at, properties.complaintId ?? properties.orderId),
    delays: matter("delay", meaning, at, properties.orderId),
  }
}

function quantityByItem(lines: readonly ProductLine[]): Map<string, number> {
  const quantities = new Map<string, number>()
  for (const { itemId, quantity } of lines) quantities.set(itemId, (quantities.get(itemId) ?? 0) + quantity)
  return quantities
}

function itemHistoryOf(kind: InteractionKind, quantity: number, at: number): ItemHistory {
  return {
    views: kind === "view" ? 1 : 0,
    carts: kind === "cart" ? 1 : 0,
    purchases: kind === "purchase" ? 1 : 0,
    quantity: kind === "purchase" ? quantity : 0,
    returns: kind === "return" ? quantity : 0,
    lastAt: at,
    purchaseTimes: kind === "purchase" ? [at] : [],
  }
}

function matter(
  kind: "complaint" | "delay",
  { opens, closes }: EventMeaning,
  at: number,
  id: unknown,
): Readonly<Record<string, Matter>> {
  if (opens !== kind && closes !== kind) return {}
  const key = typeof id === "string" || typeof id === "number" ? String(id).slice(0, 200) : ""
  return Object.fromEntries([[key, { openedAt: opens === kind ? at : null, closedAt: closes === kind ? at : null }]])
}
