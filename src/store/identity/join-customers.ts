import { isOlder } from "../../core/identity/plan-joins.ts"
import { forwarding, mergeProfiles } from "../customers/merge-profiles.ts"
import { moveRows } from "../customers/move-rows.ts"
import { lockProfilesOf, type Profile, writeProfiles } from "../customers/profiles.ts"
import type { Database } from "../database/database.ts"
import { Conflict } from "../database/database-errors.ts"
import type { IngestOptions } from "../events/event-types.ts"
import type { OwnedRecord } from "./records-of.ts"
import { type RecordLink, recordLinks } from "./write-links.ts"

type Transaction = Pick<Database, "execute">

/**
 * Locks the customers of two records in the order of their ids, as events do; throws `Conflict` where one was joined meanwhile, or a
 * record that `findBoth` finds again went to another customer.
 */
export async function lockOwners(
  transaction: Transaction,
  [a, b]: readonly [OwnedRecord, OwnedRecord],
  findBoth: () => Promise<readonly [OwnedRecord | null, OwnedRecord | null]>,
): Promise<Map<string, Profile>> {
  const customerIds = [...new Set([a.customerId, b.customerId])]
  const profiles = await lockProfilesOf(transaction, customerIds)
  if (customerIds.some((id) => !profiles.has(id))) throw new Conflict("a customer was joined meanwhile")
  const [stillA, stillB] = await findBoth()
  if (stillA?.customerId !== a.customerId || stillB?.customerId !== b.customerId)
    throw new Conflict("a record went to another customer meanwhile")
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
  const [kept, gone] = isOlder(first, second) ? [first, second] : [second, first]
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
