import { sql } from "drizzle-orm"
import { idBound } from "../../core/ids/uuid.ts"
import type { ShownList } from "../../core/recipe/rotation.ts"
import { dayMs } from "../../core/time/durations.ts"
import type { Database } from "../database/database.ts"
import { epochMs, toTimestamp } from "../database/epoch.ts"

/** Times of the question, milliseconds since the epoch; `untilMs` itself is not asked for. */
export interface ShownBetween {
  fromMs: number
  untilMs: number
}

/** The customer's latest decisions that are looked at. */
const maxDecisions = 60

/** Reads what the latest recommendations at some placements showed a customer, of each its first 20 items. */
export async function readShownLists(
  database: Pick<Database, "execute">,
  customerId: string,
  placements: readonly string[],
  { fromMs, untilMs }: ShownBetween,
): Promise<ShownList[]> {
  const rows = await database.execute<{ placement: string; at: number; ranked: string[]; shown: number }>(sql`
    select placement, ${epochMs("at")} as at, jsonb_path_query_array(trace, '$.ranked[0 to 19]') as ranked,
      (trace ->> 'shown')::int as shown
    from (
      select placement, at, verb, trace from decisions
      where customer_id = ${customerId} and at >= ${toTimestamp(fromMs)} and at < ${toTimestamp(untilMs)}
        and id >= ${idBound(fromMs - dayMs)}::uuid
      order by at desc limit ${maxDecisions}
    ) latest
    where verb = 'recommend' and placement in (${sql.join(
      placements.map((placement) => sql`${placement}`),
      sql`, `,
    )})`)
  return rows.map(({ placement, at, ranked, shown }) => ({ placement, at, itemIds: ranked.slice(0, shown) }))
}
