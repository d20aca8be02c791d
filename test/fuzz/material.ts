/** Asks a route of the server with the admin's key; throws what it is told otherwise. */
export type Ask = (method: string, path: string, body?: unknown) => Promise<Record<string, unknown>>

/** So much of a shop that every route has something to find: a catalogue, policies, customers, decisions, consents, webhooks. */
export async function makeMaterial(ask: Ask): Promise<void> {
  const range = (length: number) => Array.from({ length }, (_, n) => n)
  const item = (n: number) => ({
    id: `sku-${n}`,
    title: `Item ${n}`,
    price: 5 + n,
    currency: "EUR",
    category: [n % 2 === 0 ? "skin" : "hair"],
    stock: 100,
  })
  await ask("POST", "/v1/items", { items: range(30).map(item) })
  const kinds = ["promotion", "recommendation", "retention", "replenishment", "notice"]
  await ask("POST", "/v1/offers", {
    offers: kinds.map((kind, n) => ({ id: `offer-${n}`, kind, title: `Offer ${n}`, value: 2 + n, itemId: `sku-${n}` })),
  })
  for (const placement of ["default", "home", "parcel"])
    await ask("PUT", `/v1/policies/${placement}`, { rewardBounds: { low: 0, high: 10 } })
  await ask("POST", "/v1/webhooks", { url: "http://127.0.0.1:9/events" })
  await ask("POST", "/v1/batch", {
    batch: range(20).flatMap((n) => [
      {
        type: "identify",
        userId: `u-${n}`,
        anonymousId: `a-${n}`,
        traits: { email: `u-${n}@mail.example`, age: 20 + n },
      },
      {
        type: "track",
        userId: `u-${n}`,
        event: "Order Completed",
        properties: { order_id: `o-${n}`, products: [{ product_id: `sku-${n}`, price: 5 + n, quantity: 1 }] },
      },
    ]),
  })
  for (const n of range(20)) {
    const customer = { userId: `u-${n}` }
    await ask("PUT", `/v1/customers/userId:u-${n}/consents/marketing`, {
      granted: true,
      source: "shop",
      at: "2024-01-01T00:00:00Z",
    })
    await ask("POST", "/v1/recommend", { customer, placement: "home", limit: 3 })
    await ask("POST", "/v1/decide", { customer, placement: "home", channel: "web" })
  }
}
