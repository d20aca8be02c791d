import { sql } from "drizzle-orm"
import type { TrainingResult } from "../../core/release/training-result.ts"
import type { Database } from "../database/database.ts"
import { trainings } from "../database/schema.ts"

interface TrainingCount {
  result: TrainingResult
  count: number
  /** Time of the last one that ended so, milliseconds since the epoch. */
  lastAt: number
}

export interface TrainingStore {
  /** Counts a training that ended. */
  record(result: TrainingResult, at: number): Promise<void>
  /** Returns how many ended how, of results that occurred. */
  counts(): Promise<TrainingCount[]>
}

export function createTrainingStore(database: Database): TrainingStore {
  return {
    async record(result, at) {
      const lastAt = new Date(at)
      await database
        .insert(trainings)
        .values({ result, count: 1, lastAt })
        .onConflictDoUpdate({ target: trainings.result, set: { count: sql`${trainings.count} + 1`, lastAt } })
    },
    async counts() {
      const rows = await database.select().from(trainings)
      return rows.map(({ result, count, lastAt }) => ({ result, count, lastAt: lastAt.getTime() }))
    },
  }
}
