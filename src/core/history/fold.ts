import { stageOf } from "../customer/stage.ts"
import { type Event, type InteractionKind, interactionKind, type ProductLine } from "./event.ts"
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
  const kind = interactionKind(name)
  const lines = kind === undefined ? [] : [...quantityByItem(event.lines)]
  const stage = stageOf(name)
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
    complaints: matter(name, at, properties.complaintId ?? properties.orderId, complaintMoves),
    delays: matter(name, at, properties.orderId, delayMoves),
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

type Moves = Readonly<Record<string, "opened" | "closed">>

const complaintMoves: Moves = { "Complaint Opened": "opened", "Complaint Resolved": "closed" }
const delayMoves: Moves = {
  "Delivery Delayed": "opened",
  "Order Delivered": "closed",
  "Delivery Completed": "closed",
  "Order Cancelled": "closed",
}

function matter(name: string, at: number, id: unknown, moves: Moves): Readonly<Record<string, Matter>> {
  const move = Object.hasOwn(moves, name) ? moves[name] : undefined
  if (move === undefined) return {}
  const key = typeof id === "string" || typeof id === "number" ? String(id).slice(0, 200) : ""
  return Object.fromEntries([
    [key, { openedAt: move === "opened" ? at : null, closedAt: move === "closed" ? at : null }],
  ])
}
