import { sql } from "drizzle-orm"
import type { Actor } from "../../core/access/actor.ts"
import { type PolicyDraft, policyDraftSchema } from "../../core/policy/policy.ts"
import { withBoundedNumbers } from "../../core/schema/money.ts"
import { recordAudit } from "../audit/record-audit.ts"
import type { Database } from "../database/database.ts"
import { Conflict, retryConflicts } from "../database/database-errors.ts"
import { epochMs, toTimestamp } from "../database/epoch.ts"

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
  append(placement: string, policy: PolicyDraft, change: { at: number; actor: Actor }): Promise<StoredPolicy>
  /** The version in force of every placement that has one, by placement. */
  current(): Promise<StoredPolicy[]>
  /** Returns versions of a placement newest first, from behind the version `after`. */
  history(placement: string, page: { after?: string | undefined; limit: number }): Promise<StoredPolicy[]>
  read(version: string): Promise<StoredPolicy | null>
}

const audited = ({ version, policy }: StoredPolicy) => ({ version, policy })

type Row = { placement: string; version: string; policy: unknown; createdAt: number }

export function createPolicyStore(database: Database): PolicyStore {
  const columns = sql`placement, version, policy, ${epochMs("created_at")} as "createdAt"`
  const stored = (rows: readonly Row[]): StoredPolicy[] =>
    rows.map((row) => ({ ...row, policy: policyDraftSchema.parse(withBoundedNumbers(row.policy)) }))
  return {
    append: (placement, policy, { at, actor }) =>
      retryConflicts(() =>
        database.transaction(async (transaction) => {
          const rows = await transaction.execute<Row & { number: number }>(sql`
            insert into policies (placement, number, version, policy, created_at)
            select ${placement}::text, next, ${placement}::text || '-' || next, ${JSON.stringify(policy)}::jsonb, ${toTimestamp(at)}
            from (select coalesce(max(number), 0) + 1 as next from policies where placement = ${placement}) numbered
            on conflict do nothing returning ${columns}, number`)
          const [row] = rows
          if (row === undefined) throw new Conflict("another version was put at the same moment")
          const { number, ...own } = row
          const [put] = stored([own])
          const former = await transaction.execute<Row>(
            sql`select ${columns} from policies where placement = ${placement} and number = ${number - 1}`,
          )
          await recordAudit(transaction, {
            actor,
            action: "policies.put",
            subject: { kind: "policy", id: placement },
            before: stored(former).map(audited)[0] ?? null,
            after: audited(put!),
          })
          return put!
        }),
      ),
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
