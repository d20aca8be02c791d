import { desc, eq, sql } from "drizzle-orm"
import { manifestWithCurrentNames } from "../../core/release/former-names.ts"
import type { Database } from "../database/database.ts"
import { evaluations } from "../database/schema.ts"

export interface EvaluationRecord {
  id: string
  /** The release the measured configuration was refitted into; `null` for a measurement of its own. */
  releaseId: string | null
  /** Milliseconds since the epoch. */
  createdAt: number
  report: Readonly<Record<string, unknown>>
}

export interface EvaluationStore {
  save(evaluation: EvaluationRecord): Promise<void>
  read(id: string): Promise<EvaluationRecord | null>
  /** Newest first. */
  list(page: { after?: string | undefined; limit: number }): Promise<EvaluationRecord[]>
}

export function createEvaluationStore(database: Database): EvaluationStore {
  return {
    async save({ createdAt, ...evaluation }) {
      await database.insert(evaluations).values({ ...evaluation, createdAt: new Date(createdAt) })
    },
    async read(id) {
      const [row] = await database.select().from(evaluations).where(eq(evaluations.id, id))
      return row ? toRecord(row) : null
    },
    async list({ after, limit }) {
      const order = [desc(evaluations.createdAt), desc(evaluations.id)]
      const rows = await database
        .select()
        .from(evaluations)
        .where(
          after === undefined
            ? undefined
            : sql`(created_at, id) < (select created_at, id from evaluations where id = ${after})`,
        )
        .orderBy(...order)
        .limit(limit)
      return rows.map(toRecord)
    },
  }
}

const toRecord = ({ createdAt, report, ...row }: typeof evaluations.$inferSelect): EvaluationRecord => ({
  ...row,
  createdAt: createdAt.getTime(),
  report: manifestWithCurrentNames(report),
})
