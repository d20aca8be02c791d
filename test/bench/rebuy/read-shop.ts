import { type Dataset, loadDataset } from "../../../models/train/dataset.ts"
import { type Basket, BasketGatherer } from "../../../src/actions/import/baskets.ts"
import { type Rejection, readLine } from "../../../src/actions/import/line.ts"
import { openImport } from "../../../src/actions/import/open-import.ts"
import type { CustomerEvent } from "../../../src/store/events.ts"

export interface ReadShop {
  dataset: Dataset
  lines: number
  /** Lines left out, by reason. */
  rejected: Record<string, number>
}

/** Reads a file as the import does, without a database: the same lines are left out, the same lines make an order. */
export async function readShop(path: string): Promise<ReadShop> {
  const { mapping, batches } = await openImport({ path, mapping: { columns: {} } })
  const gatherer = new BasketGatherer(path, mapping.keep)
  const rejected: Record<string, number> = {}
  const events: CustomerEvent[] = []
  let lines = 0
  const take = (outcome: Basket | Rejection | undefined) => {
    if (outcome === undefined) return
    if ("reason" in outcome) rejected[outcome.reason] = (rejected[outcome.reason] ?? 0) + 1
    else events.push({ ...outcome.event, customerId: outcome.event.identifiers[0]!.value })
  }
  for await (const batch of batches) {
    lines += batch.length
    for (const row of batch) {
      const line = readLine(row, mapping)
      take("reason" in line ? line : gatherer.add(line))
    }
  }
  take(gatherer.finish())
  events.sort((a, b) => (a.customerId < b.customerId ? -1 : a.customerId > b.customerId ? 1 : a.at - b.at))
  return { dataset: await loadDataset(oneBatch(events)), lines, rejected }
}

async function* oneBatch(events: readonly CustomerEvent[]) {
  yield events
}
