import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { parseArgs } from "node:util"
import pino from "pino"
import postgres from "postgres"
import { createRandom } from "../../models/random.ts"
import { searchCustomers } from "../../src/actions/customers/search-customers.ts"
import { shopSettingsSchema } from "../../src/core/settings/shop-settings.ts"
import { openEmbedded } from "../../src/store/embedded/embedded.ts"
import { openStore } from "../../src/store/open-store.ts"

/** Times searches for customers, one at a time, among as many as `--customers` says. */
const { values } = parseArgs({
  options: { customers: { type: "string", default: "100000" }, searches: { type: "string", default: "500" } },
})
const customers = Number(values.customers)
const searches = Number(values.searches)
const syllables = ["an", "be", "ca", "do", "el", "fi", "ga", "lo", "mar", "ni", "ri", "ro", "sa", "ti", "vi", "zo"]

const folder = mkdtempSync(join(tmpdir(), "beforehand-search-"))
const log = pino({ level: "error" }, pino.destination(2))
const embedded = await openEmbedded({ dataDir: join(folder, "data"), volatile: true, log })
try {
  const store = await openStore({ databaseUrl: embedded.url, allowVolatile: true, log })
  const client = postgres(embedded.url, { max: 1, idle_timeout: 0, onnotice: () => {} })
  await client.unsafe(`
    create function word(seed int) returns text language sql immutable as $$
      select ('{${syllables.join(",")}}'::text[])[1 + abs(hashint4(seed)) % ${syllables.length}] $$`)
  await client`
    insert into profiles (customer_id, history, stage, traits, created_at, updated_at)
    select gen_random_uuid(), '{"format":2}'::jsonb, 'discover', jsonb_build_object(
      'firstName', initcap(word(n * 7) || word(n * 11)), 'lastName', initcap(word(n * 13) || word(n * 17) || word(n * 19))),
      now(), now() - n * interval '1 second'
    from generate_series(1, ${customers}::int) n`
  await client`
    insert into identifiers (type, value, customer_id, attached_at)
    select type, value, customer_id, now()
    from (select customer_id, traits, row_number() over (order by updated_at) as n from profiles) own,
    lateral (values ('userId', 'u-' || n), ('anonymousId', 'web-' || md5(n::text)),
      ('email', lower(traits ->> 'firstName') || '.' || lower(traits ->> 'lastName') || n || '@shop.example'),
      ('phone', '+3933' || lpad((abs(hashint4(n::int)) % 100000000)::text, 8, '0') || (n % 10)),
      ('loyaltyCard', (9000000000 + n * 37)::text)) as given(type, value)
    on conflict do nothing`
  await client`
    insert into events (customer_id, at, message_id, name, lines, properties, received_at)
    select customer_id, now(), 'm-' || n || '-' || place, case place when 0 then 'Order Completed' else 'Product Viewed' end,
      '[]', case place when 0 then jsonb_build_object('orderId', 'A-' || n) else '{}' end, now()
    from (select customer_id, row_number() over (order by updated_at) as n from profiles) own, generate_series(0, 4) place`
  await client`vacuum analyze`
  const some = await client<{ first: string; last: string; email: string; phone: string; card: string; n: number }[]>`
    select traits ->> 'firstName' as first, traits ->> 'lastName' as last, email.value as email, phone.value as phone,
      card.value as card, row_number() over ()::int as n
    from profiles join identifiers email using (customer_id) join identifiers phone using (customer_id)
      join identifiers card using (customer_id)
    where email.type = 'email' and phone.type = 'phone' and card.type = 'loyaltyCard'
    order by md5(customer_id::text) limit 1000`
  await client.end()
  const settings = shopSettingsSchema.parse({ country: "IT" })
  const services = { store, settings: { current: () => settings, refresh: async () => {} } }
  const random = createRandom(1)
  const queries: Record<string, (one: (typeof some)[number]) => string> = {
    name: ({ first, last }) => `${first} ${last.slice(0, 3)}`,
    shortName: ({ first }) => first.slice(0, 2),
    email: ({ email }) => email.slice(0, 8),
    phoneBeginning: ({ phone }) => phone.slice(3, 9),
    phoneEnding: ({ phone }) => phone.slice(-5),
    card: ({ card }) => card,
    order: ({ n }) => `A-${n}`,
  }
  const caller = { scope: "read" } as const
  const quantile = (sorted: Float64Array, share: number) =>
    Number(sorted[Math.floor(share * (sorted.length - 1))]!.toFixed(2))
  const kinds: Record<string, { p50Ms: number; p95Ms: number; found: number }> = {}
  const all: number[] = []
  for (const [kind, queryOf] of Object.entries(queries)) {
    const times = new Float64Array(searches)
    let found = 0
    for (let n = -50; n < searches; n++) {
      const query = queryOf(some[Math.floor(random() * some.length)]!)
      const startedAt = performance.now()
      const answer = await searchCustomers(services, { query, limit: 10 }, caller)
      if (n < 0) continue
      times[n] = performance.now() - startedAt
      found += Number(answer.customers.length > 0)
    }
    all.push(...times)
    times.sort()
    kinds[kind] = { p50Ms: quantile(times, 0.5), p95Ms: quantile(times, 0.95), found: found / searches }
  }
  const sorted = Float64Array.from(all).sort()
  await store.close()
  process.stdout.write(
    `${JSON.stringify({ bench: "search", customers, searches: sorted.length, p50Ms: quantile(sorted, 0.5), p95Ms: quantile(sorted, 0.95), kinds })}\n`,
  )
} finally {
  await embedded.stop()
  rmSync(folder, { recursive: true, force: true })
}
