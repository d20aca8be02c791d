import { emptyHistory, type History } from "./history.ts"

/**
 * A history as it was stored, in today's format. One of an older format has all its counts but knows no order by its number; it is
 * marked, until it is folded anew from the events.
 */
export function readHistory(stored: History | Readonly<Partial<Record<keyof History, unknown>>>): History {
  if (stored.format === emptyHistory.format) return stored as History
  const older = { ...emptyHistory, ...stored } as History
  const otherOrders = { count: older.orders, lastAt: older.lastOrderAt }
  return { ...older, format: emptyHistory.format, ordersByNumber: {}, otherOrders, isOutdated: true }
}
