import { sql } from "drizzle-orm"
import { type PolicyDraft, policyDraftSchema } from "../../core/policy/policy.ts"
import { withBoundedNumbers } from "../../core/schema/money.ts"
import type { Database } from "../database/database.ts"
import { Conflict, retryConflicts } from "../database/database-errors.ts"

/** One version of a placement's policy; written once, never changed. */
export interface StoredPolicy {
  placement: string
  version: string
  policy: PolicyDraft
  /** Milliseconds since the epoch. */
  createdAt: number
}

export interface PolicyStore {
  /** Puts a new version in force; its name is the placement and the next number. */
  append(placement: string, policy: PolicyDraft, at: number): Promise<StoredPolicy>
  /** The version in force of every placement that has one, by placement. */
  current(): Promise<StoredPolicy[]>
  /** Returns versions of a placement newest first, from behind the version `after`. */
  history(placement: string, page: { after?: string | undefined; limit: number }): Promise<StoredPolicy[]>
  read(version: string): Promise<StoredPolicy | null>
}

type Row = { placement: string; version: string; policy: unknown; createdAt: number }

export function createPolicyStore(database: Database): PolicyStore {
  const columns = sql`placement, version, policy, (extract(epoch from created_at) * 1000)::float8 as "createdAt"`
  const stored = (rows: readonly Row[]): StoredPolicy[] =>
    rows.map((row) => ({ ...row, policy: policyDraftSchema.parse(withBoundedNumbers(row.policy)) }))
  return {
    append: (placement, policy, at) =>
      retryConflicts(async () => {
        const rows = await database.execute<Row>(sql`
          insert into policies (placement, number, version, policy, created_at)
          select ${placement}::text, next, ${placement}::text || '-' || next, ${JSON.stringify(policy)}::jsonb, to_timestamp(${at}::float8 / 1000)
          from (select coalesce(max(number), 0) + 1 as next from policies where placement = ${placement}) numbered
          on conflict do nothing returning ${columns}`)
        if (rows.length === 0) throw new Conflict("another version was put at the same moment")
        return stored(rows)[0]!
      }),
    async current() {
      return stored(
        await database.execute<Row>(
          sql`select distinct on (placement) ${columns} from policies order by placement, number desc`,
        ),
      )
    },
    async history(placement, { after, limit }) {
      const behind = sql`number < (select number from policies where version = ${after ?? null})`
      return stored(
        await database.execute<Row>(sql`
          select ${columns} from policies where placement = ${placement} and ${after === undefined ? sql`true` : behind}
          order by number desc limit ${limit}`),
      )
    },
    async read(version) {
      const rows = await database.execute<Row>(sql`select ${columns} from policies where version = ${version}`)
      return stored(rows)[0] ?? null
    },
  }
}
