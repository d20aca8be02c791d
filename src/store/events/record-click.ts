import { sql } from "drizzle-orm"
import { burstMs, classifyClick, type LinkClicks, noClicks } from "../../core/history/machine-click.ts"
import { lockContacts, writeContacts } from "../customers/lock-contacts.ts"
import type { Database } from "../database/database.ts"
import { toTimestamp } from "../database/epoch.ts"
import { isDecision, type SettledDecision } from "../decisions/settled-decision.ts"

type Transaction = Pick<Database, "execute">

/** Somebody followed a link. */
export interface FollowedLink {
  /** Tells the links of one decision apart. */
  link: string
  /** Milliseconds since the epoch. */
  at: number
  /** True if the request says of itself that no customer makes it. */
  isMachine: boolean
}

export const clickMessageId = (decisionId: string): string => `click ${decisionId}`

/** Remembers that a link of a decision whose customer is settled was followed; says whether it counts as the customer's click. What a burst shows to have been a machine's is taken back. */
export async function classifyFollowedLink(
  transaction: Transaction,
  decision: SettledDecision,
  followed: FollowedLink,
): Promise<"customer" | "machine" | "notFound"> {
  const [row] = await transaction.execute<{ clicks: LinkClicks | null }>(
    sql`select link_clicks as clicks from decisions where ${isDecision(decision)} for update`,
  )
  if (row === undefined) return "notFound"
  const { verdict, after } = classifyClick(row.clicks ?? noClicks, followed)
  await transaction.execute(sql`
    update decisions set link_clicks = ${JSON.stringify(after)}::jsonb where ${isDecision(decision)}`)
  if (verdict === "burst") await takeBack(transaction, decision, followed.at)
  return verdict === "customer" ? "customer" : "machine"
}

/** Keeps what the mail reserved as used: that it arrived stays true. */
async function takeBack(
  transaction: Transaction,
  { id: decisionId, customerId }: SettledDecision,
  at: number,
): Promise<void> {
  const deleted = await transaction.execute(sql`
    delete from outcomes where customer_id = ${customerId} and decision_id = ${decisionId}
      and message_id = ${clickMessageId(decisionId)} and at > ${toTimestamp(at - burstMs)} returning 1`)
  if (deleted.length === 0) return
  const contact = (await lockContacts(transaction, [{ customerId }], at)).get(customerId)!
  const reservations = contact.reservations.map((held) => {
    if (held.decisionId !== decisionId || held.response !== "clicked") return held
    const { response: _, respondedAt: __, ...unanswered } = held
    return unanswered
  })
  await writeContacts(transaction, [{ customerId: contact.customerId, reservations }], at)
}
