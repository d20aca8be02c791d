import { LineReader } from "../../../src/actions/import/line-reader.ts"
import { openImport } from "../../../src/actions/import/open-import.ts"
import { ImportSummary } from "../../../src/actions/import/summary.ts"
import type { Item } from "../../../src/core/catalogue/item.ts"
import type { CustomerEvent } from "../../../src/store/events/event-types.ts"
import { type Dataset, loadDataset } from "../../data/dataset.ts"

export interface ReadShop {
  dataset: Dataset
  /** By customer, then by time. */
  events: readonly CustomerEvent[]
  /** Items that the lines name, titled as there, each with the price that most of its lines have. */
  items: Item[]
  lines: number
  /** Lines left out, by reason. */
  rejected: Record<string, number>
}

/** Reads a file as the import does, without a database: the same lines are left out, the same lines make an order. */
export async function readShop(path: string): Promise<ReadShop> {
  const { mapping, batches } = await openImport({ path, mapping: { columns: {} } })
  const summary = new ImportSummary()
  const reader = new LineReader(mapping, { fileDigest: path, latestMs: Number.POSITIVE_INFINITY, summary })
  const events: CustomerEvent[] = []
  const take = (outcomes: ReturnType<LineReader["read"]>) => {
    for (const outcome of outcomes) {
      if ("event" in outcome) events.push({ ...outcome.event, customerId: outcome.event.identifiers[0]!.value })
    }
  }
  for await (const batch of batches) for (const row of batch) take(reader.read(row))
  take(reader.finish())
  events.sort((a, b) => (a.customerId < b.customerId ? -1 : a.customerId > b.customerId ? 1 : a.at - b.at))
  const { linesRead: lines, linesRejected: rejected } = summary
  return { dataset: await loadDataset(oneBatch(events)), events, items: itemsOf(events), lines, rejected }
}

function itemsOf(events: readonly CustomerEvent[]): Item[] {
  const pricesOf = new Map<string, Map<number, number>>()
  for (const { lines } of events) {
    for (const { itemId, price } of lines) {
      const prices = pricesOf.get(itemId) ?? new Map<number, number>()
      pricesOf.set(itemId, prices)
      if (price !== undefined && price > 0) prices.set(price, (prices.get(price) ?? 0) + 1)
    }
  }
  return [...pricesOf].map(([id, prices]) => {
    const [price] = [...prices].sort(([a, n], [b, m]) => m - n || a - b)
    return { id, title: id, ...(price && { price: price[0] }) }
  })
}

async function* oneBatch(events: readonly CustomerEvent[]) {
  yield events
}
