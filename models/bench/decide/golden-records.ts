import type { IncomingEvent } from "../../../src/core/history/event.ts"
import { fold } from "../../../src/core/history/fold.ts"
import { emptyHistory, type History } from "../../../src/core/history/history.ts"
import { mergeHistories } from "../../../src/core/history/merge-histories.ts"

interface GoldenRecord {
  history: History
  userId?: string
}

/** Keeps one history a person, whatever identifiers their events have. */
export function createGoldenRecords() {
  const recordOf = new Map<string, GoldenRecord>()
  const userIds: string[] = []
  return {
    userIds: (): readonly string[] => userIds,
    historyOf: (userId: string): History => recordOf.get(`userId:${userId}`)?.history ?? emptyHistory,
    histories: (): History[] => [...new Set(recordOf.values())].map(({ history }) => history),
    /** Adds an event and returns the user id of its customer, if known. */
    add(event: IncomingEvent): string | undefined {
      const keys = event.identifiers.map(({ type, value }) => `${type}:${value}`)
      const known = [...new Set(keys.flatMap((key) => recordOf.get(key) ?? []))]
      const record = known[0] ?? { history: emptyHistory }
      for (const other of known.slice(1)) {
        record.history = mergeHistories(record.history, other.history)
        if (other.userId !== undefined) record.userId ??= other.userId
        for (const [key, held] of recordOf) if (held === other) recordOf.set(key, record)
      }
      record.history = fold(record.history, [event])
      for (const { type, value } of event.identifiers) {
        if (type === "userId" && !recordOf.has(`userId:${value}`)) userIds.push(value)
        if (type === "userId") record.userId = value
        recordOf.set(`${type}:${value}`, record)
      }
      return record.userId
    },
  }
}
