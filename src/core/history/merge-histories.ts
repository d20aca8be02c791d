import {
  type History,
  type Interaction,
  type ItemHistory,
  type Matter,
  maxItems,
  maxMatters,
  maxPurchaseTimes,
  maxRecent,
  type SendHistory,
} from "./history.ts"
import { stages } from "./stage.ts"

/** The history of two customers who turn out to be one: the fold of the events of both. */
export function mergeHistories(a: History, b: History): History {
  const { stage, stageAt } = later(a, b)
  return {
    format: 1,
    items: mergeRecords(a.items, b.items, mergeItems, maxItems, (item) => item.lastAt),
    recent: [...a.recent, ...b.recent].sort(byTime).slice(-maxRecent),
    orders: a.orders + b.orders,
    lastOrderAt: latest(a.lastOrderAt, b.lastOrderAt),
    firstAt: earliest(a.firstAt, b.firstAt),
    lastAt: latest(a.lastAt, b.lastAt),
    stage,
    stageAt,
    complaints: mergeRecords(a.complaints, b.complaints, mergeMatters, maxMatters, lastTouched),
    delays: mergeRecords(a.delays, b.delays, mergeMatters, maxMatters, lastTouched),
    ...mergeSends(a.sends, b.sends),
  }
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
  purchaseTimes: [...a.purchaseTimes, ...b.purchaseTimes].sort((x, y) => x - y).slice(-maxPurchaseTimes),
})

const mergeMatters = (a: Matter, b: Matter): Matter => ({
  openedAt: latest(a.openedAt, b.openedAt),
  closedAt: latest(a.closedAt, b.closedAt),
})

const lastTouched = ({ openedAt, closedAt }: Matter) => Math.max(openedAt ?? 0, closedAt ?? 0)

/** Both records as one; of more than `limit` entries the latest stay. */
function mergeRecords<T>(
  a: Readonly<Record<string, T>>,
  b: Readonly<Record<string, T>>,
  merge: (a: T, b: T) => T,
  limit: number,
  timeOf: (value: T) => number,
): Readonly<Record<string, T>> {
  const added = Object.entries(b)
  if (added.length === 0) return a
  const merged = new Map(Object.entries(a))
  for (const [id, value] of added) {
    const present = merged.get(id)
    merged.set(id, present === undefined ? value : merge(present, value))
  }
  if (merged.size <= limit) return Object.fromEntries(merged)
  const latestFirst = [...merged].sort(([idA, x], [idB, y]) => timeOf(y) - timeOf(x) || (idA < idB ? -1 : 1))
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
