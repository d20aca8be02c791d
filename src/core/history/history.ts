import type { InteractionKind } from "./event-table.ts"
import type { Order } from "./order.ts"
import type { Stage } from "./stage.ts"

/** Interactions of one customer with one item; times are milliseconds since the epoch. */
export interface ItemHistory {
  views: number
  carts: number
  /** Distinct orders that contain the item. */
  purchases: number
  quantity: number
  returns: number
  lastAt: number
  /** The latest purchase times, ascending, at most `maxPurchaseTimes`. */
  purchaseTimes: readonly number[]
}

export interface Interaction {
  itemId: string
  kind: InteractionKind
  at: number
}

/** Results of sending one item unasked; a gift counts as neither kept nor returned. */
export interface SendHistory {
  dispatched: number
  kept: number
  returned: number
  lastAt: number
}

/** The fold of a customer's events: all that models and decisions know of the past. Bounded; JSON as stored. */
export interface History {
  format: 2
  items: Readonly<Record<string, ItemHistory>>
  /** The latest interactions, ascending in time, at most `maxRecent`. */
  recent: readonly Interaction[]
  /** Orders that count: those of `ordersByNumber` that stand, and `otherOrders`. */
  orders: number
  lastOrderAt: number | null
  /** Orders by their number, the latest `maxOrders` with at most `maxOrderLines` lines in all; `items` and `recent` count them too. */
  ordersByNumber: Readonly<Record<string, Order>>
  /** Orders that came without a number, each event one, and those whose number is forgotten. */
  otherOrders: { count: number; lastAt: number | null }
  firstAt: number | null
  lastAt: number | null
  /** The stage set by the most recent event that has one. */
  stage: Stage
  stageAt: number | null
  /** Complaints by complaint id and delays by order id ("" where there was none), the latest `maxCases` of each; resolved ones too, as events come late. */
  complaints: Readonly<Record<string, ServiceCase>>
  delays: Readonly<Record<string, ServiceCase>>
  /** Items sent unasked, at most `maxItems`; absent when there were none. The shop's doing, so it moves no other part. */
  sends?: Readonly<Record<string, SendHistory>>
  /** True if it was folded under an older format and waits to be folded anew from the events. */
  isOutdated?: true
}

/** A service case: a complaint or a delay, by the latest times it was opened and closed. */
export interface ServiceCase {
  openedAt: number | null
  closedAt: number | null
}

/**
 * The ids of the cases that are open: opened at or after `sinceMs` and not closed since. A case that came without an id (key "")
 * cannot be named when it is closed, so anything closed later closes it.
 */
export function openCases(cases: History["complaints"], sinceMs = Number.NEGATIVE_INFINITY): string[] {
  const lastClosedAt = Math.max(...Object.values(cases).map(({ closedAt }) => closedAt ?? Number.NEGATIVE_INFINITY))
  return Object.keys(cases).filter((id) => {
    const { openedAt, closedAt } = cases[id]!
    const closed = id === "" ? lastClosedAt : (closedAt ?? Number.NEGATIVE_INFINITY)
    return openedAt !== null && openedAt >= sinceMs && closed < openedAt
  })
}

export const emptyHistory: History = {
  format: 2,
  items: {},
  recent: [],
  orders: 0,
  lastOrderAt: null,
  ordersByNumber: {},
  otherOrders: { count: 0, lastAt: null },
  firstAt: null,
  lastAt: null,
  stage: "discover",
  stageAt: null,
  complaints: {},
  delays: {},
}
