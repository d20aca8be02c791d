import createClient from "openapi-fetch"
import type { components, paths } from "./schema.js"

type Item = components["schemas"]["Item"]

const { HOST: baseUrl = "", INGEST_KEY, MANAGE_KEY, READ_KEY } = process.env
const clientFor = (key: string | undefined) =>
  createClient<paths>({ baseUrl, headers: { authorization: `Bearer ${key}` } })
const reader = clientFor(READ_KEY)
const sender = clientFor(INGEST_KEY)
const manager = clientFor(MANAGE_KEY)

const customer = { userId: "typescript-1" }
const itemIds = ["typescript-cream", "typescript-soap"]

/** Returns an answer's data, or throws its problem. */
function dataOf<T>({ data, error }: { data?: T; error?: components["schemas"]["Problem"] }): T {
  if (data === undefined) throw new Error(`${error?.code}: ${error?.detail}`)
  return data
}

const items = itemIds.map((id) => ({ id, title: id, price: 9.5, currency: "EUR", stock: 10 }))
const written = dataOf(await sender.POST("/v1/items", { body: { items } }))
const patch = { stock: 9, attributes: { season: null } }
dataOf(await sender.PATCH("/v1/items", { body: { items: [{ id: itemIds[0]!, at: new Date().toISOString(), patch }] } }))
const offer = { id: "typescript-spring", kind: "promotion" as const, title: "10 % off", value: 8, itemId: itemIds[0]! }
dataOf(await manager.POST("/v1/offers", { body: { offers: [offer] } }))

const tracked = dataOf(
  await sender.POST("/v1/track", {
    body: {
      ...customer,
      event: "Product Viewed",
      properties: { product_id: itemIds[0] },
      messageId: "typescript-view",
    },
  }),
)

/** Lists every item, a page of one at a time. */
async function* everyItem(): AsyncGenerator<Item> {
  let cursor: string | null = null
  do {
    const query = { limit: 1, ...(cursor !== null && { cursor }) }
    const page: components["schemas"]["ItemList"] = dataOf(await reader.GET("/v1/items", { params: { query } }))
    yield* page.items
    cursor = page.nextCursor
  } while (cursor !== null)
}
const listed: string[] = []
for await (const { id } of everyItem()) listed.push(id)

/** Asks until the items written above are served, about a second later. */
async function recommendWritten(): Promise<components["schemas"]["RecommendAnswer"]> {
  const until = Date.now() + 20_000
  for (;;) {
    const answer = dataOf(await reader.POST("/v1/recommend", { body: { customer, limit: 5 } }))
    const served = answer.items.map(({ id }) => id)
    if (itemIds.every((id) => served.includes(id)) || Date.now() > until) return answer
    await new Promise((resolve) => setTimeout(resolve, 200))
  }
}
const recommended = await recommendWritten()
const decided = dataOf(await reader.POST("/v1/decide", { body: { customer, placement: "home", channel: "web" } }))
const kind: "nothing" | components["schemas"]["Offer"]["kind"] = decided.kind

const outcome = dataOf(
  await sender.POST("/v1/decisions/{id}/outcome", {
    params: { path: { id: decided.decisionId! } },
    body: { outcome: "click", at: new Date().toISOString(), messageId: "typescript-click" },
  }),
)

const refused = await reader.POST("/v1/recommend", { body: { customer: {} } })

const answers = {
  written: written.upserted,
  tracked: tracked.results.map(({ status }) => status),
  listed,
  recommended: recommended.items.map(({ id }) => id),
  kind,
  decided: decided.decisionId !== null,
  outcome: outcome.status,
  refused: refused.error?.code,
}
process.stdout.write(JSON.stringify(answers))
