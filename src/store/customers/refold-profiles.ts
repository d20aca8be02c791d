import { sql } from "drizzle-orm"
import { fold } from "../../core/history/fold.ts"
import { emptyHistory } from "../../core/history/history.ts"
import { groupBy } from "../../core/measure/group-by.ts"
import type { Database } from "../database/database.ts"
import { uuidArray } from "../database/uuid-array.ts"
import { createYielder } from "../database/yielder.ts"
import { eventsInOrder } from "../events/event-rows.ts"
import type { IngestOptions } from "../events/event-types.ts"
import { lockProfilesOf, writeProfiles } from "./profiles.ts"

/** Folds customers from nothing over all their stored events; they are locked, so that no event is missed or counted twice. */
export async function refoldProfiles(
  transaction: Pick<Database, "execute">,
  customerIds: readonly string[],
  deriveVector: IngestOptions["deriveVector"],
): Promise<void> {
  const isAsked = sql`customer_id = any(${uuidArray(customerIds)})`
  const profiles = await lockProfilesOf(transaction, customerIds)
  const histories = new Map([...profiles.keys()].map((customerId) => [customerId, emptyHistory]))
  for await (const events of eventsInOrder(transaction, isAsked))
    for (const [customerId, own] of groupBy(events, ({ customerId }) => customerId)) {
      const history = histories.get(customerId)
      if (history) histories.set(customerId, fold(history, own))
    }
  const yieldIfDue = createYielder()
  const folded = []
  for (const profile of profiles.values()) {
    await yieldIfDue()
    const history = histories.get(profile.customerId)!
    folded.push({ ...profile, history, derived: deriveVector(history) })
  }
  await writeProfiles(transaction, folded, new Set())
}
