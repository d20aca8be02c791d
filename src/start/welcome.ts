import { customerArm } from "../actions/customers/customer-arm.ts"
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

/** Customers that are looked at for those who have ordered most, whose answers show most. */
const lookedAt = 30

/** Returns two customers and an item that the questions below can be about; strangers where there are none. */
async function examples(services: Services): Promise<{ userIds: [string, string]; itemId: string }> {
  const { store, catalogue } = services
  const ids = await store.events.customerIds(null, lookedAt)
  // Those of the holdout are offered nothing.
  const customerIds = ids.filter((id) => customerArm(services, id).name === "standard")
  const known = await Promise.all(
    customerIds.map(async (customerId) => {
      const identifiers = await store.customers.identifiersOf(customerId)
      const { history } = await store.customers.read({ customerId })
      return { userId: identifiers.find(({ type }) => type === "userId")?.value, orders: history.orders }
    }),
  )
  const named = known.flatMap(({ userId, orders }) => (userId === undefined ? [] : [{ userId, orders }]))
  const [first = "u-1", second = "u-2"] = named.sort((a, b) => b.orders - a.orders).map(({ userId }) => userId)
  const [itemId = "sku-1"] = catalogue.current().items.keys()
  return { userIds: [first, second], itemId }
}

const quote = (value: unknown): string => `'${JSON.stringify(value).replaceAll("'", `'\\''`)}'`

/** Returns the text printed once the service listens: its address, the keys just made, calls to paste, and what to try next. */
export async function welcome(services: Services, address: string, made: Keys): Promise<string> {
  const { userIds, itemId } = await examples(services)
  const [userId] = userIds
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
    "Ask what to recommend, what to offer to either of two customers and why, and tell what happened:",
    "",
    call("/v1/recommend", "read", { customer: { userId }, limit: 5, explain: true }),
    "",
    ...userIds.flatMap((userId) => [
      call("/v1/decide", "read", { customer: { userId }, placement: "home-hero", channel: "web", explain: true }),
      "",
    ]),
    call("/v1/track", "ingest", { userId, event: "Product Viewed", properties: { product_id: itemId } }),
    "",
    "Then ask to recommend again: the view has changed the answer. Next, plan what to send unasked:",
    "  npm run beforehand -- plan --autonomy-level suggest --money 5000 --volume 300 --dry-run",
  ]
  return `${lines.join("\n")}\n`
}
