import type { Scope } from "../core/access/scope.ts"
import type { Services } from "../services.ts"

type Keys = Partial<Record<Scope, string>>

const purposes: Readonly<Record<Scope, string>> = {
  write: "browsers: track, and ask for who is anonymous or named by a token",
  ingest: "servers that send facts: events, items, consents, outcomes",
  read: "servers that ask",
  manage: "people and tools that run offers, policies and drafts of plans",
  admin: "everything",
}

/** A customer and an item that the questions below can be about; strangers where there is none. */
async function examples({ store, catalogue }: Services): Promise<{ userId: string; itemId: string }> {
  const [customerId] = await store.events.customerIds(null, 1)
  const identifiers = customerId === undefined ? [] : await store.customers.identifiersOf(customerId)
  const userId = identifiers.find(({ type }) => type === "userId")?.value ?? "u-1"
  const [itemId = "sku-1"] = catalogue.current().items.keys()
  return { userId, itemId }
}

const quote = (value: unknown): string => `'${JSON.stringify(value).replaceAll("'", `'\\''`)}'`

/** Returns the text printed once the service listens: its address, the keys just made, and three calls to paste. */
export async function welcome(services: Services, address: string, made: Keys): Promise<string> {
  const { userId, itemId } = await examples(services)
  const key = (scope: Scope) => made[scope] ?? `$${scope.toUpperCase()}_KEY`
  const call = (path: string, scope: Scope, body: unknown) =>
    `curl -s ${address}${path} -H "Authorization: Bearer ${key(scope)}" \\\n  -H "Content-Type: application/json" -d ${quote(body)}`
  const madeKeys = Object.entries(made) as [Scope, string][]
  const release = services.live.current()
  const lines = [
    "",
    `Beforehand listens at ${address} (documentation: ${address}/docs)`,
    release === null ? "No release is live yet: import data, then: beforehand train" : `Release ${release.id} is live`,
    "",
    ...(madeKeys.length > 0
      ? ["Keys, shown this once:", ...madeKeys.map(([scope, made]) => `  ${made}\n      ${purposes[scope]}`)]
      : ["Keys were made before; another: beforehand keys create --scope read"]),
    "",
    "Ask what to recommend, what to offer, and tell what happened:",
    "",
    call("/v1/recommend", "read", { customer: { userId }, limit: 5, explain: true }),
    "",
    call("/v1/decide", "read", { customer: { userId }, placement: "home-hero", channel: "web" }),
    "",
    call("/v1/track", "ingest", { userId, event: "Product Viewed", properties: { product_id: itemId } }),
    "",
  ]
  return `${lines.join("\n")}\n`
}
