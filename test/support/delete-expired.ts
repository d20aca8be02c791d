import { agedTables } from "../../src/store/database/retention.ts"
import type { Store } from "../../src/store/store.ts"

/** Deletes what is older than a moment of a table whose rows go by their age; returns how many rows went. */
export function deleteExpired(store: Store, name: string, beforeMs: number): Promise<number> {
  const table = agedTables.find((aged) => aged.name === name)!
  return store.retention.deleteExpired(table, beforeMs, 10_000)
}
