import { afterAll, beforeAll, expect, test } from "vitest"
import { openTestApp, type TestApp } from "../support/test-app.ts"

const [composed, decomposed] = ["Crème-é".normalize("NFC"), "Crème-é".normalize("NFD")]

let shop: TestApp
beforeAll(async () => {
  shop = await openTestApp()
})
afterAll(() => shop.close())

const pathOf = (noun: string, id: string) => `/v1/${noun}/${encodeURIComponent(id)}`

test("an item is the same whether its id comes composed or decomposed: in the catalogue, in offers, in events", async () => {
  const item = (id: string, title: string) => ({ id, title, price: 10, currency: "EUR" })
  await shop.ask("POST", "/v1/items", { body: { items: [item(composed, "First"), item(decomposed, "Second")] } })
  for (const id of [composed, decomposed])
    expect((await shop.ask("GET", pathOf("items", id))).json).toMatchObject({ id: composed, title: "Second" })

  const offer = { id: decomposed, kind: "promotion", title: "Cream", value: 1, itemId: decomposed }
  await shop.ask("POST", "/v1/offers", { body: { offers: [offer] } })
  expect((await shop.ask("GET", pathOf("offers", composed))).json).toMatchObject({ id: composed, itemId: composed })

  for (const product_id of [composed, decomposed])
    await shop.ask("POST", "/v1/track", {
      key: "ingest",
      body: { userId: "ann", event: "Product Viewed", properties: { product_id } },
    })
  const { history } = await shop.services.store.customers.read({ type: "userId", value: "ann" })
  expect(Object.entries(history.items).map(([id, { views }]) => [id, views])).toEqual([[composed, 2]])

  for (const noun of ["items", "offers"])
    expect((await shop.ask("DELETE", pathOf(noun, decomposed))).json).toEqual({ deleted: true })
  expect((await shop.ask("GET", pathOf("items", composed))).status).toBe(404)
})
