import { type SQL, sql } from "drizzle-orm"
import type { Identifier } from "../../core/customer/identifier.ts"
import type { Traits } from "../../core/customer/traits.ts"
import type { MatchKind, SearchKeys } from "../../core/identity/search-customers.ts"
import type { Database } from "../database/database.ts"
import { epochMs } from "../database/epoch.ts"

interface FoundCustomer {
  customerId: string
  matched: MatchKind[]
  traits: Traits
  /** At most 20, without devices. */
  identifiers: Identifier[]
  /** Milliseconds since the epoch. */
  updatedAt: number
}

export interface SearchStore {
  /** Customers that any of the keys finds in what servers said, by what tells most of a person, then the last changed first. */
  find(keys: SearchKeys, limit: number): Promise<FoundCustomer[]>
}

/** Of each kind of match no more are read, so that a query which finds everybody costs no more than one which finds a hundred. */
const maxMatches = 100
const shownIdentifiers = 20

/** Behind every text that begins with a prefix. */
const beginsWith = (value: SQL, prefix: string) =>
  sql`${value} ~>=~ ${prefix}::text and ${value} ~<~ (${prefix}::text || chr(1114111))`

const ofType = (type: Identifier["type"], kind: MatchKind, condition: SQL) => sql`
  (select customer_id, ${sql.raw(`'${kind}'`)}::text as kind from identifiers
  where type = ${sql.raw(`'${type}'`)} and trust is null and ${condition} limit ${maxMatches}::int)`

function matchesOf({ name, email, isWhole, text, phones, ending }: SearchKeys): SQL {
  const value = sql`value`
  const matching = (beginning: string) => (isWhole ? sql`value = ${beginning}` : beginsWith(value, beginning))
  const found = [
    ofType("userId", "userId", sql`value = ${text}`),
    ofType("loyaltyCard", "loyaltyCard", matching(text)),
    sql`(select customer_id, 'order' from events
      where properties ? 'orderId' and trust is null and properties ->> 'orderId' = ${text} limit ${maxMatches}::int)`,
    ...phones.map((beginning) => ofType("phone", "phone", matching(beginning))),
  ]
  if (email !== undefined) found.push(ofType("email", "email", matching(email)))
  if (ending !== undefined) {
    const reversed = [...ending].reverse().join("")
    const ends = beginsWith(sql`reverse(value)`, reversed)
    found.push(ofType("phone", "phone", ends), ofType("loyaltyCard", "loyaltyCard", ends))
  }
  if (name !== undefined)
    found.push(sql`(select customer_id, 'name' from profiles
      where has_name(traits) and merged_into is null and name_words(traits) @@ (
        select string_agg(quote_literal(word) || ':*', ' & ')::tsquery
        from unnest(tsvector_to_array(name_words(jsonb_build_object('name', ${name}::text)))) word)
      limit ${maxMatches}::int)`)
  return sql.join(found, sql` union all `)
}

export function createSearchStore(database: Pick<Database, "execute">): SearchStore {
  return {
    async find(keys, limit) {
      const rows = await database.execute<FoundCustomer & Record<string, unknown>>(sql`
        with found as materialized (${matchesOf(keys)}),
        matches as (
          select customer_id, json_agg(distinct kind) as matched,
            min(array_position(array['userId', 'order', 'email', 'phone', 'loyaltyCard', 'name'], kind)) as place
          from found group by customer_id)
        select matches.customer_id as "customerId", matched, traits, ${epochMs("updated_at")} as "updatedAt",
          coalesce((select json_agg(own) from (
            select type, value from identifiers
            where identifiers.customer_id = matches.customer_id and type <> 'anonymousId' and trust is null
            order by type, value limit ${shownIdentifiers}::int) own), '[]'::json) as identifiers
        from matches join profiles using (customer_id)
        order by place, updated_at desc, matches.customer_id limit ${limit}::int`)
      return [...rows]
    },
  }
}
