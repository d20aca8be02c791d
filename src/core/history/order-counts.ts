import type { Interaction } from "./history.ts"
import type { Order, OrderState, Quantities } from "./order.ts"

/** Contribution of an order to its customer's history. */
export interface OrderCounts {
  /** Time when it was placed, where it counts as an order. */
  at: number | undefined
  bought: Quantities
  returned: Quantities
  interactions: readonly Interaction[]
  /** Time when a browser told of items that count by now, by item. */
  claimedItems: Quantities
}

const nothing: Quantities = {}
/** A refund of money alone is smaller than this share of the order. */
const wholeShare = 0.9

/** Returns what an order counts for: nothing before a trusted source has told of it or once it is cancelled. */
export function countsOf(order: Order): OrderCounts {
  const { claim } = order
  const placedAt = trustedPlacedAt(order)
  const remaining = remainingLines(order)
  const isCancelled = remaining === undefined
  const bought = placedAt === undefined || isCancelled ? nothing : remaining
  const returns = isCancelled ? [] : returnsOf(order, bought)
  const returned = new Map<string, number>()
  for (const { itemId, quantity } of returns) returned.set(itemId, (returned.get(itemId) ?? 0) + quantity)
  const claimed = placedAt === undefined || claim === undefined ? [] : Object.keys(claim.lines)
  return {
    at: isCancelled ? undefined : placedAt,
    bought,
    returned: Object.fromEntries(returned),
    interactions: [
      ...Object.keys(bought).map((itemId): Interaction => ({ itemId, kind: "purchase", at: placedAt! })),
      ...returns.map(({ itemId, at }): Interaction => ({ itemId, kind: "return", at })),
    ],
    claimedItems: Object.fromEntries(claimed.map((itemId) => [itemId, claim!.lastAt])),
  }
}

/** Time when an order that counts was placed; `undefined` for one that does not count. */
export const placedAtOf = (order: Order): number | undefined =>
  order.cancelled === undefined || remainingLines(order) !== undefined ? trustedPlacedAt(order) : undefined

const trustedPlacedAt = ({ placedAt, told, claim }: Order): number | undefined =>
  placedAt ?? (told ? claim?.at : undefined)

/** Returns the state of an order: `open` if only later events of it are known. */
export function orderStateOf(order: Order): OrderState {
  if (order.told === undefined) return "claimed"
  const lines = remainingLines(order)
  const placedAt = trustedPlacedAt(order)
  if (lines === undefined || (placedAt === undefined && order.cancelled !== undefined)) return "cancelled"
  const { returned } = countsOf(order)
  const items = Object.keys(lines)
  const isBack = items.length > 0 && items.every((itemId) => quantityOf(returned, itemId) >= lines[itemId]!)
  if (isBack || (order.refund !== undefined && isWhole(order))) return "refunded"
  if (order.deliveredAt !== undefined) return "delivered"
  if (order.shippedAt !== undefined) return "shipped"
  return placedAt === undefined ? "open" : "placed"
}

function orderedLines({ lines = nothing, claim, update }: Order): Quantities {
  if (update !== undefined) return update.lines
  return Object.keys(lines).length > 0 ? lines : (claim?.lines ?? nothing)
}

/** Returns the quantities ordered and not cancelled; `undefined` where all of it was cancelled. */
function remainingLines(order: Order): Quantities | undefined {
  const ordered = orderedLines(order)
  if (order.cancelled === undefined) return ordered
  const gone = order.cancelled.lines
  if (gone === undefined) return undefined
  const left = Object.entries(ordered).flatMap(([itemId, quantity]) => {
    const rest = quantity - quantityOf(gone, itemId)
    return rest > 0 ? [[itemId, rest] as const] : []
  })
  return left.length === 0 ? undefined : Object.fromEntries(left)
}

/** Returns the quantities sent back, at most what was ordered and not cancelled. */
function returnsOf(order: Order, bought: Quantities) {
  const { returns = {}, refund } = order
  const whole = refund !== undefined && isWhole(order) ? Object.entries(bought) : []
  const ordered = trustedPlacedAt(order) === undefined ? nothing : orderedLines(order)
  const left = new Map(whole.length > 0 ? [] : Object.entries(bought))
  const inTime = Object.entries(returns).sort(([idA, x], [idB, y]) => x.at - y.at || (idA < idB ? -1 : 1))
  const inParts = inTime.flatMap(([, { at, lines }]) =>
    Object.entries(lines).flatMap(([itemId, told]) => {
      if (!Object.hasOwn(ordered, itemId)) return [{ itemId, quantity: told, at }]
      const quantity = Math.min(told, left.get(itemId) ?? 0)
      left.set(itemId, (left.get(itemId) ?? 0) - quantity)
      return quantity > 0 ? [{ itemId, quantity, at }] : []
    }),
  )
  return [...whole.map(([itemId, quantity]) => ({ itemId, quantity, at: refund!.at })), ...inParts]
}

const isWhole = ({ refund, value }: Pick<Order, "refund" | "value">): boolean =>
  refund?.amount === undefined || value === undefined || refund.amount >= wholeShare * value

const quantityOf = (quantities: Quantities, itemId: string): number =>
  Object.hasOwn(quantities, itemId) ? quantities[itemId]! : 0
