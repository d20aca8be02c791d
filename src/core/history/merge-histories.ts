import type { History, Interaction, ItemHistory, SendHistory, ServiceCase } from "./history.ts"
import { maxCases, maxItems, maxPurchaseTimes, maxRecent } from "./limits.ts"
import { mergeOrderBooks, type Recount } from "./merge-orders.ts"
import { recountInteractions, recountItems } from "./recount.ts"
import { stages } from "./stage.ts"

/** The history of two customers who turn out to be one: the fold of the events of both. An order that both tell of counts once. */
export function mergeHistories(a: History, b: History): History {
  const { stage, stageAt } = later(a, b)
  const { recounts, ...orders } = mergeOrderBooks(a, b)
  const recent = [...a.recent, ...b.recent]
  return {
    format: 2,
    items: mergeItemRecords(a.items, b.items, recounts),
    recent: (recounts.length === 0 ? recent : recountInteractions(recent, recounts)).sort(byTime).slice(-maxRecent),
    ...orders,
    firstAt: earliest(a.firstAt, b.firstAt),
    lastAt: latest(a.lastAt, b.lastAt),
    stage,
    stageAt,
    complaints: mergeRecords(a.complaints, b.complaints, mergeCases, maxCases, lastTouched),
    delays: mergeRecords(a.delays, b.delays, mergeCases, maxCases, lastTouched),
    ...mergeSends(a.sends, b.sends),
    ...((a.isOutdated || b.isOutdated) && { isOutdated: true }),
  }
}

function mergeItemRecords(a: History["items"], b: History["items"], recounts: readonly Recount[]): History["items"] {
  if (recounts.length === 0) return mergeRecords(a, b, mergeItems, maxItems, ({ lastAt }) => lastAt)
  const merged = mergeAll(a, b, mergeItems)
  const timesOf = (itemId: string) =>
    [a, b].flatMap((items) => (Object.hasOwn(items, itemId) ? items[itemId]!.purchaseTimes : []))
  recountItems(merged, recounts, timesOf)
  for (const [itemId, item] of merged) merged.set(itemId, { ...item, purchaseTimes: latestTimes(item.purchaseTimes) })
  return latestOf(merged, maxItems, ({ lastAt }) => lastAt)
}

function mergeSends(a: History["sends"], b: History["sends"]): Pick<History, "sends"> {
  if (a === undefined && b === undefined) return {}
  const merge = (x: SendHistory, y: SendHistory): SendHistory => ({
    dispatched: x.dispatched + y.dispatched,
    kept: x.kept + y.kept,
    returned: x.returned + y.returned,
    lastAt: Math.max(x.lastAt, y.lastAt),
  })
  return { sends: mergeRecords(a ?? {}, b ?? {}, merge, maxItems, ({ lastAt }) => lastAt) }
}

const mergeItems = (a: ItemHistory, b: ItemHistory): ItemHistory => ({
  views: a.views + b.views,
  carts: a.carts + b.carts,
  purchases: a.purchases + b.purchases,
  quantity: a.quantity + b.quantity,
  returns: a.returns + b.returns,
  lastAt: Math.max(a.lastAt, b.lastAt),
  purchaseTimes: latestTimes([...a.purchaseTimes, ...b.purchaseTimes]),
})

const latestTimes = (times: readonly number[]) => times.toSorted((x, y) => x - y).slice(-maxPurchaseTimes)

const mergeCases = (a: ServiceCase, b: ServiceCase): ServiceCase => ({
  openedAt: latest(a.openedAt, b.openedAt),
  closedAt: latest(a.closedAt, b.closedAt),
})

const lastTouched = ({ openedAt, closedAt }: ServiceCase) => Math.max(openedAt ?? 0, closedAt ?? 0)

/** Both records as one; of more than `limit` entries the latest stay. */
function mergeRecords<T>(
  a: Readonly<Record<string, T>>,
  b: Readonly<Record<string, T>>,
  merge: (a: T, b: T) => T,
  limit: number,
  timeOf: (value: T) => number,
): Readonly<Record<string, T>> {
  return Object.keys(b).length === 0 ? a : latestOf(mergeAll(a, b, merge), limit, timeOf)
}

function mergeAll<T>(
  a: Readonly<Record<string, T>>,
  b: Readonly<Record<string, T>>,
  merge: (a: T, b: T) => T,
): Map<string, T> {
  const merged = new Map(Object.entries(a))
  for (const [id, value] of Object.entries(b)) {
    const present = merged.get(id)
    merged.set(id, present === undefined ? value : merge(present, value))
  }
  return merged
}

function latestOf<T>(
  entries: ReadonlyMap<string, T>,
  limit: number,
  timeOf: (value: T) => number,
): Readonly<Record<string, T>> {
  if (entries.size <= limit) return Object.fromEntries(entries)
  const latestFirst = [...entries].sort(([idA, x], [idB, y]) => timeOf(y) - timeOf(x) || (idA < idB ? -1 : 1))
  return Object.fromEntries(latestFirst.slice(0, limit))
}

const byTime = (a: Interaction, b: Interaction) => a.at - b.at || compare(a.kind, b.kind) || compare(a.itemId, b.itemId)

const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0)

const latest = (a: number | null, b: number | null) => (a === null ? b : b === null ? a : Math.max(a, b))
const earliest = (a: number | null, b: number | null) => (a === null ? b : b === null ? a : Math.min(a, b))

/** Of two stages at the same moment, the one further on the journey. */
function later(a: History, b: History): History {
  if (a.stageAt !== b.stageAt) return (a.stageAt ?? -1) > (b.stageAt ?? -1) ? a : b
  return stages.indexOf(a.stage) > stages.indexOf(b.stage) ? a : b
}
