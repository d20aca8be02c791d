import { forwarding, mergeProfiles } from "../customers/merge-profiles.ts"
import { moveRows } from "../customers/move-rows.ts"
import { lockProfilesOf, type Profile, writeProfiles } from "../customers/profiles.ts"
import type { Database } from "../database/database.ts"
import { Conflict } from "../database/database-errors.ts"
import type { IngestOptions } from "../events/event-types.ts"
import { type RecordLink, recordLinks } from "./write-links.ts"

type Transaction = Pick<Database, "execute">

/** Locks customers in the order of their ids, as events do; throws `Conflict` where one was joined meanwhile. */
export async function lockCustomers(
  transaction: Transaction,
  customerIds: readonly string[],
): Promise<Map<string, Profile>> {
  const profiles = await lockProfilesOf(transaction, customerIds)
  if (customerIds.some((id) => !profiles.has(id))) throw new Conflict("a customer was joined meanwhile")
  return profiles
}

/**
 * Joins two customers, whom the caller has locked, for the reasons that the links give; the older keeps their id. Returns which went
 * into which.
 */
export async function joinCustomers(
  transaction: Transaction,
  [first, second]: readonly [Profile, Profile],
  { links, deriveVector }: { links: readonly RecordLink[]; deriveVector: IngestOptions["deriveVector"] },
): Promise<{ from: string; into: string }> {
  const isFirstOlder =
    first.createdAt < second.createdAt || (first.createdAt === second.createdAt && first.customerId < second.customerId)
  const [kept, gone] = isFirstOlder ? [first, second] : [second, first]
  const merge = { from: gone.customerId, into: kept.customerId }
  const merged = mergeProfiles(kept, gone)
  await moveRows(transaction, [merge])
  await writeProfiles(
    transaction,
    [{ ...merged, derived: deriveVector(merged.history) }, forwarding(gone, merge.into)],
    new Set(),
  )
  await recordLinks(transaction, links)
  return merge
}
