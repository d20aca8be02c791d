import type { SendCandidates } from "./send-problem.ts"
import type { WeighedItem } from "./weigh-customer.ts"

/** Customers and what they could be sent, in columns that grow, so that millions of candidates stay small. */
export interface CandidateColumns {
  /** Adds a customer with something worth sending. */
  add(customerId: string, segment: string, items: readonly WeighedItem[]): void
  rows(): number
  candidates(): SendCandidates
  /** The items' ids by index. */
  itemIds: readonly string[]
  customerOf(row: number): { customerId: string; segment: string }
  rowAt(row: number): WeighedItem
}

export function createCandidateColumns(): CandidateColumns {
  const itemIds: string[] = []
  const indexOf = new Map<string, number>()
  const customers: { customerId: string; segment: string }[] = []
  const offsets: number[] = [0]
  let count = 0
  let columns = allocate(1024)
  const itemIndex = (itemId: string) => {
    const known = indexOf.get(itemId)
    if (known !== undefined) return known
    indexOf.set(itemId, itemIds.length)
    itemIds.push(itemId)
    return itemIds.length - 1
  }
  return {
    itemIds,
    rows: () => count,
    add(customerId, segment, items) {
      if (count + items.length > columns.item.length) columns = grown(columns, 2 * (count + items.length))
      for (const { itemId, keep, buysAnyway, value, money, gift } of items) {
        columns.item[count] = itemIndex(itemId)
        columns.keep[count] = keep
        columns.organic[count] = buysAnyway
        columns.value[count] = value
        columns.money[count] = money
        columns.gift[count] = gift ? 1 : 0
        count++
      }
      customers.push({ customerId, segment })
      offsets.push(count)
    },
    candidates: () => ({
      offsets: Int32Array.from(offsets),
      item: columns.item.subarray(0, count),
      value: columns.value.subarray(0, count),
      keep: columns.keep.subarray(0, count),
      money: columns.money.subarray(0, count),
    }),
    customerOf: (row) => customers[customerAt(offsets, row)]!,
    rowAt: (row) => ({
      itemId: itemIds[columns.item[row]!]!,
      keep: columns.keep[row]!,
      buysAnyway: columns.organic[row]!,
      value: columns.value[row]!,
      money: columns.money[row]!,
      gift: columns.gift[row] === 1,
    }),
  }
}

const allocate = (size: number) => ({
  item: new Int32Array(size),
  keep: new Float64Array(size),
  organic: new Float32Array(size),
  value: new Float64Array(size),
  money: new Float64Array(size),
  gift: new Uint8Array(size),
})

function grown(columns: ReturnType<typeof allocate>, size: number): ReturnType<typeof allocate> {
  const larger = allocate(size)
  larger.item.set(columns.item)
  larger.keep.set(columns.keep)
  larger.organic.set(columns.organic)
  larger.value.set(columns.value)
  larger.money.set(columns.money)
  larger.gift.set(columns.gift)
  return larger
}

/** The customer whose rows hold this one, by bisection. */
function customerAt(offsets: readonly number[], row: number): number {
  let [low, high] = [0, offsets.length - 1]
  while (high - low > 1) {
    const middle = (low + high) >> 1
    if (offsets[middle]! <= row) low = middle
    else high = middle
  }
  return low
}
