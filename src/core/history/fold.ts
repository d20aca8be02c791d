import type { Event, ProductLine } from "./event.ts"
import { type EventMeaning, type InteractionKind, meaningOf } from "./event-table.ts"
import { emptyHistory, type History, type Interaction, type ItemHistory, type ServiceCase } from "./history.ts"
import { mergeHistories } from "./merge-histories.ts"
import { orderNumberOf, orderOf } from "./order.ts"
import { countsOf } from "./order-counts.ts"
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
  const { at, name, properties, trust } = event
  if (isSendEvent(name)) return { ...emptyHistory, sends: sendsOf(event) }
  const { interaction, ...meaning } = meaningOf(name)
  const isService = interaction !== "view" && interaction !== "cart"
  const { stage, ...told } = trust === "claimed" && isService ? {} : meaning
  return {
    ...emptyHistory,
    ...(orderHistoryOf(event) ?? interactionsOf(event)),
    firstAt: at,
    lastAt: at,
    ...(stage !== undefined && { stage, stageAt: at }),
    complaints: foldCase("complaint", told, at, properties.complaintId ?? properties.orderId),
    delays: foldCase("delay", told, at, properties.orderId),
  }
}

/** Returns what an event about a numbered order adds; `undefined` where there is no number or the event is not about orders. */
function orderHistoryOf(event: Event): Partial<History> | undefined {
  const number = orderNumberOf(event.properties)
  const order = number === undefined ? undefined : orderOf(event)
  if (number === undefined || order === undefined) return undefined
  const counts = countsOf(order)
  const touched = new Set(
    [order.lines, order.update?.lines, counts.returned].flatMap((lines = {}) => Object.keys(lines)),
  )
  const quantitiesOf = (itemId: string) => ({
    ...(Object.hasOwn(counts.bought, itemId) && { purchase: counts.bought[itemId]! }),
    ...(Object.hasOwn(counts.returned, itemId) && { return: counts.returned[itemId]! }),
  })
  return {
    items: Object.fromEntries([...touched].map((itemId) => [itemId, itemHistoryOf(event.at, quantitiesOf(itemId))])),
    recent: [...counts.interactions].sort(byItem),
    orders: counts.at === undefined ? 0 : 1,
    lastOrderAt: counts.at ?? null,
    ordersByNumber: Object.fromEntries([[number, order]]),
  }
}

function interactionsOf({ name, at, lines, trust }: Event): Partial<History> {
  const kind = meaningOf(name).interaction
  const isOrder = kind === "purchase"
  if (kind === undefined || (trust === "claimed" && (isOrder || kind === "return"))) return {}
  const quantities = quantityByItem(lines)
  return {
    items: Object.fromEntries(
      [...quantities].map(([itemId, quantity]) => [itemId, itemHistoryOf(at, { [kind]: quantity })]),
    ),
    recent: [...quantities.keys()].map((itemId) => ({ itemId, kind, at })).sort(byItem),
    ...(isOrder && { orders: 1, lastOrderAt: at, otherOrders: { count: 1, lastAt: at } }),
  }
}

const byItem = (a: Interaction, b: Interaction) => (a.itemId < b.itemId ? -1 : 1)

function quantityByItem(lines: readonly ProductLine[]): Map<string, number> {
  const quantities = new Map<string, number>()
  for (const { itemId, quantity } of lines) quantities.set(itemId, (quantities.get(itemId) ?? 0) + quantity)
  return quantities
}

function itemHistoryOf(at: number, quantities: Readonly<Partial<Record<InteractionKind, number>>>): ItemHistory {
  const { view, cart, purchase, return: returns = 0 } = quantities
  return {
    views: view === undefined ? 0 : 1,
    carts: cart === undefined ? 0 : 1,
    purchases: purchase === undefined ? 0 : 1,
    quantity: purchase ?? 0,
    returns,
    lastAt: at,
    purchaseTimes: purchase === undefined ? [] : [at],
  }
}

function foldCase(
  kind: "complaint" | "delay",
  { opens, closes }: Pick<EventMeaning, "opens" | "closes">,
  at: number,
  id: unknown,
): Readonly<Record<string, ServiceCase>> {
  if (opens !== kind && closes !== kind) return {}
  const key = typeof id === "string" || typeof id === "number" ? String(id).slice(0, 200) : ""
  return Object.fromEntries([[key, { openedAt: opens === kind ? at : null, closedAt: closes === kind ? at : null }]])
}
