import postgres from "postgres"
import { type Channel, channels } from "../../src/core/schema/channel.ts"
import { type Acknowledged, capped, type Word } from "./threads.ts"

export interface RaceFigures {
  acknowledged: number
  lost: number
  doubled: number
  withdrawalsLost: number
  erasuresLeft: number
  capsExceeded: number
}

/** Returns the channels that the words leave, straight from them: the latest grant, less every refusal that is as late. */
function allowedBy(words: readonly Word[]): ReadonlySet<Channel> {
  const granted = Math.max(...words.filter((word) => word.granted).map(({ at }) => at), Number.NEGATIVE_INFINITY)
  const refused = (channel: Channel) =>
    words.some(
      (word) => !word.granted && word.at >= granted && (word.channels.length === 0 || word.channels.includes(channel)),
    )
  return new Set(Number.isFinite(granted) ? channels.filter((channel) => !refused(channel)) : [])
}

/** Compares what was acknowledged with what is stored and with what the service says of its customers. */
export async function countRaces(
  databaseUrl: string,
  readCustomer: (who: string) => Promise<Record<string, unknown>>,
  { events, words, decisions, erased, requests }: Acknowledged,
): Promise<RaceFigures> {
  const client = postgres(databaseUrl, { max: 1, onnotice: () => {} })
  try {
    const ids = async (query: string) => (await client.unsafe<{ id: string }[]>(query)).map(({ id }) => id)
    const stored = {
      events: await ids("select message_id as id from events"),
      decisions: await ids("select id from decisions"),
    }
    const known = { events: new Set(stored.events), decisions: new Set(stored.decisions) }
    return {
      acknowledged: requests,
      lost:
        [...events].filter((id) => !known.events.has(id)).length +
        [...decisions].filter((id) => !known.decisions.has(id)).length,
      doubled: stored.events.length - known.events.size + stored.decisions.length - known.decisions.size,
      withdrawalsLost: await countWithdrawals(words, readCustomer),
      erasuresLeft: await countLeft(client, new Set(erased)),
      capsExceeded: await countOverCap(client),
    }
  } finally {
    await client.end()
  }
}

async function countWithdrawals(
  words: readonly Word[],
  readCustomer: (who: string) => Promise<Record<string, unknown>>,
): Promise<number> {
  const byCustomer = new Map<string, { words: Word[]; consents: unknown }>()
  const found = new Map<string, Record<string, unknown>>()
  for (const word of words) {
    const customer = found.get(word.who) ?? (await readCustomer(word.who))
    found.set(word.who, customer)
    const id = String(customer.customerId)
    const group = byCustomer.get(id) ?? { words: [], consents: customer.consents }
    group.words.push(word)
    byCustomer.set(id, group)
  }
  let lost = 0
  for (const group of byCustomer.values()) {
    const { marketing } = group.consents as { marketing?: { granted: boolean; channels?: Channel[] } }
    const allowed = allowedBy(group.words)
    const stands = marketing?.granted === true ? (marketing.channels ?? channels) : []
    lost += stands.filter((channel) => !allowed.has(channel)).length
  }
  return lost
}

/** A secret in a column of bytes. */
const hexOfSecret = `${Buffer.from("secret-").toString("hex")}[0-9a-f]{72}`

/** Secrets of erased people that any table still holds. */
async function countLeft(client: postgres.Sql, secrets: ReadonlySet<string>): Promise<number> {
  const tables = await client<{ name: string }[]>`
    select relname as name from pg_class
    where relkind in ('r', 'p') and not relispartition and relnamespace = 'public'::regnamespace`
  const left = new Set<string>()
  for (const { name } of tables) {
    const rows = await client.unsafe<{ found: string }[]>(`
      select (regexp_matches(to_jsonb(own)::text, 'secret-[0-9a-f-]{36}|${hexOfSecret}', 'g'))[1] as found from "${name}" own`)
    for (const { found } of rows) {
      const secret = found.startsWith("secret") ? found : Buffer.from(found, "hex").toString()
      if (secrets.has(secret)) left.add(secret)
    }
  }
  return left.size
}

/** Offers beyond the cap to customers whom nobody joins to others. */
async function countOverCap(client: postgres.Sql): Promise<number> {
  const rows = await client<{ offers: number }[]>`
    select count(*)::int as offers from decisions
    where placement = ${capped.placement} and offer_id is not null group by customer_id`
  return rows.reduce((over, { offers }) => over + Math.max(0, offers - capped.limit), 0)
}
