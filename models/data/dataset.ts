import { itemIndex } from "../../src/core/artifact/item-index.ts"
import type { Event } from "../../src/core/history/event.ts"
import { interactionKind } from "../../src/core/history/event-table.ts"
import { fold } from "../../src/core/history/fold.ts"
import { emptyHistory, type History } from "../../src/core/history/history.ts"
import { orderNumberOf } from "../../src/core/history/order.ts"
import { dayMs } from "../../src/core/time/durations.ts"
import type { CustomerEvent } from "../../src/store/events/event-types.ts"
import { orderSettler } from "./settle-orders.ts"

/** Interactions of all customers in columns; customer `u` has events `eventOffsets[u] … eventOffsets[u + 1]`, ascending in time. */
export interface Dataset {
  customerIds: readonly string[]
  /** Ascending. */
  itemIds: readonly string[]
  eventOffsets: Int32Array
  /** Milliseconds since the epoch, one value an event. */
  at: Float64Array
  /** An event's name is `names[name[e]]`. */
  name: Int32Array
  names: readonly string[]
  /** The number of an event's order is `orderNumbers[order[e]]`; −1 where it has none. */
  order: Int32Array
  orderNumbers: readonly string[]
  /** Event `e` has lines `lineOffsets[e] … lineOffsets[e + 1]`. */
  lineOffsets: Int32Array
  lineItem: Int32Array
  lineQuantity: Float64Array
  /** The first and last event's time; both 0 without events. */
  firstAt: number
  lastAt: number
}

/** Reads events ordered by customer and time into columns, keeping those that add an interaction with an item. */
export async function loadDataset(batches: AsyncIterable<readonly CustomerEvent[]>): Promise<Dataset> {
  const customerIds: string[] = []
  const names = new Map<string, number>()
  const items = new Map<string, number>()
  const eventOffsets: number[] = []
  const at: number[] = []
  const name: number[] = []
  const order: number[] = []
  const orderNumbers = new Map<string, number>()
  const lineOffsets = [0]
  const lineItem: number[] = []
  const lineQuantity: number[] = []
  let settled: string | undefined
  let settle = orderSettler()
  const add = (customerId: string, event: Event) => {
    if (interactionKind(event.name) === undefined || event.lines.length === 0) return
    if (customerIds.at(-1) !== customerId) {
      customerIds.push(customerId)
      eventOffsets.push(at.length)
    }
    const orderNumber = orderNumberOf(event.properties)
    at.push(event.at)
    name.push(numberOf(names, event.name))
    order.push(orderNumber === undefined ? -1 : numberOf(orderNumbers, orderNumber))
    for (const line of event.lines) {
      lineItem.push(numberOf(items, line.itemId))
      lineQuantity.push(line.quantity)
    }
    lineOffsets.push(lineItem.length)
  }
  for await (const events of batches) {
    for (const { customerId, ...event } of events) {
      if (customerId !== settled) settle = orderSettler()
      settled = customerId
      for (const told of settle(event)) add(customerId, told)
    }
  }
  eventOffsets.push(at.length)
  const { ids, indexOf } = itemIndex(items.keys())
  const rowOf = Int32Array.from(items.keys(), (id) => indexOf.get(id)!)
  return {
    customerIds,
    itemIds: ids,
    eventOffsets: Int32Array.from(eventOffsets),
    at: Float64Array.from(at),
    name: Int32Array.from(name),
    names: [...names.keys()],
    order: Int32Array.from(order),
    orderNumbers: [...orderNumbers.keys()],
    lineOffsets: Int32Array.from(lineOffsets),
    lineItem: Int32Array.from(lineItem, (number) => rowOf[number]!),
    lineQuantity: Float64Array.from(lineQuantity),
    firstAt: at.reduce((earliest, time) => Math.min(earliest, time), at[0] ?? 0),
    lastAt: at.reduce((latest, time) => Math.max(latest, time), at[0] ?? 0),
  }
}

/** Each customer's history of `[from, until)`, by the fold that serves; empty where nothing happened. */
export function historiesOf(
  dataset: Dataset,
  { from = -Infinity, until }: { from?: number; until: number },
): History[] {
  return dataset.customerIds.map((_, customer) => {
    const events = eventsOf(dataset, customer, { from, until })
    return events.length === 0 ? emptyHistory : fold(emptyHistory, events)
  })
}

/** Returns each customer's history before a time. */
export type HistoriesBefore = (until: number) => readonly History[]

/** Creates a folder of histories at several times; each goes on from the latest time before it, so ascending times cost one fold. */
export function historyFolder(dataset: Dataset): HistoriesBefore {
  const folded = [{ until: Number.NEGATIVE_INFINITY, histories: dataset.customerIds.map(() => emptyHistory) }]
  return (until) => {
    const before = folded.filter((one) => one.until <= until).reduce((a, b) => (b.until > a.until ? b : a))
    if (before.until === until) return before.histories
    const histories = before.histories.map((history, customer) => {
      const events = eventsOf(dataset, customer, { from: before.until, until })
      return events.length === 0 ? history : fold(history, events)
    })
    folded.push({ until, histories })
    return histories
  }
}

/** A customer's events of `[from, until)`, ascending in time. */
export function eventsOf(
  dataset: Dataset,
  customer: number,
  { from = -Infinity, until }: { from?: number; until: number },
): Event[] {
  const events: Event[] = []
  for (let e = dataset.eventOffsets[customer]!; e < dataset.eventOffsets[customer + 1]!; e++) {
    if (dataset.at[e]! >= from && dataset.at[e]! < until) events.push(eventAt(dataset, e))
  }
  return events
}

/** Each customer's items bought in `[from, until)`, as distinct rows of the dataset's items. */
export function purchasesOf(dataset: Dataset, { from, until }: { from: number; until: number }): Set<number>[] {
  const { eventOffsets, lineOffsets, lineItem, customerIds } = dataset
  const purchase = dataset.names.map((name) => interactionKind(name) === "purchase")
  return customerIds.map((_, customer) => {
    const rows = new Set<number>()
    for (let e = eventOffsets[customer]!; e < eventOffsets[customer + 1]!; e++) {
      if (dataset.at[e]! < from || dataset.at[e]! >= until || !purchase[dataset.name[e]!]) continue
      for (let line = lineOffsets[e]!; line < lineOffsets[e + 1]!; line++) rows.add(lineItem[line]!)
    }
    return rows
  })
}

function eventAt(dataset: Dataset, e: number): Event {
  const { at, name, names, order, orderNumbers, lineOffsets, lineItem, lineQuantity, itemIds } = dataset
  const lines = []
  for (let line = lineOffsets[e]!; line < lineOffsets[e + 1]!; line++) {
    lines.push({ itemId: itemIds[lineItem[line]!]!, quantity: lineQuantity[line]! })
  }
  const properties = order[e]! < 0 ? {} : { orderId: orderNumbers[order[e]!]! }
  return { messageId: String(e), at: at[e]!, name: names[name[e]!]!, lines, properties }
}

function numberOf(numbers: Map<string, number>, key: string): number {
  const known = numbers.get(key)
  if (known !== undefined) return known
  numbers.set(key, numbers.size)
  return numbers.size - 1
}

/** 30 days, or a sixth of a shorter past, so that fit, validation and test each have their time. */
export const horizonOf = ({ firstAt, lastAt }: Dataset): number =>
  Math.min(30, Math.max(1 / 24, (lastAt - firstAt) / (6 * dayMs)))
