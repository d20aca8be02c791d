import { fold } from "../../../src/core/history/fold.ts"
import { emptyHistory, type History } from "../../../src/core/history/history.ts"
import { dayMs } from "../../../src/core/time/durations.ts"
import type { EvaluationQuery } from "../../data/window.ts"
import type { TrainingWindows } from "../../learn/learn.ts"

/** The part of a data set that training may see, and the test queries. */
export interface Protocol {
  training: TrainingWindows
  queries: readonly EvaluationQuery[]
}

/** Time of all queries; data without dates is placed before it. */
export const now = Date.UTC(2024, 0, 1)
const daysApart = 14

/** Returns a history of orders, oldest first, 14 days apart, the last one 14 days before `now`. */
export const historyOfOrders = (orders: readonly (readonly string[])[]): History =>
  fold(
    emptyHistory,
    orders.map((items, n) => ({
      messageId: String(n),
      at: now - (orders.length - n) * daysApart * dayMs,
      name: "Order Completed",
      lines: items.map((itemId) => ({ itemId, quantity: 1 })),
      properties: {},
    })),
  )
