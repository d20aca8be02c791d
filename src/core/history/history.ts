import type { Stage } from "../customer/stage.ts"
import type { InteractionKind } from "./event.ts"

/** What one customer did with one item; times are milliseconds since the epoch. */
export interface ItemHistory {
  views: number
  carts: number
  /** Distinct order events that contain the item. */
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

/** The fold of a customer's events: all that models and decisions know of the past. Bounded; JSON as stored. */
export interface History {
  format: 1
  items: Readonly<Record<string, ItemHistory>>
  /** The latest interactions, ascending in time, at most `maxRecent`. */
  recent: readonly Interaction[]
  orders: number
  lastOrderAt: number | null
  firstAt: number | null
  lastAt: number | null
  stage: Stage
  /** Open service matters, by the id of what they concern. */
  openComplaints: readonly string[]
  openDelays: readonly string[]
}

export const maxItems = 1000
export const maxRecent = 100
export const maxPurchaseTimes = 12

export const emptyHistory: History = {
  format: 1,
  items: {},
  recent: [],
  orders: 0,
  lastOrderAt: null,
  firstAt: null,
  lastAt: null,
  stage: "discover",
  openComplaints: [],
  openDelays: [],
}
