import { drizzle } from "drizzle-orm/postgres-js"
import postgres from "postgres"
import { afterAll, beforeAll, expect, test } from "vitest"
import { refoldCustomers } from "../../src/actions/events/refold-customers.ts"
import { newId } from "../../src/start/new-id.ts"
import { migrate } from "../../src/store/database/migrate.ts"
import { createDatabaseAfter } from "../support/old-database.ts"
import { openTestApp, type TestApp } from "../support/test-app.ts"

const [crème, crèmeApart] = ["crème".normalize("NFC"), "crème".normalize("NFD")]
const [thé, théApart] = ["thé".normalize("NFC"), "thé".normalize("NFD")]
const customerId = newId()

let shop: TestApp
let url: string
beforeAll(async () => {
  url = await createDatabaseAfter(17)
  const client = postgres(url, { max: 2, onnotice: () => {} })
  const item = (id: string, title: string) => ({ id, title, price: 1, currency: "EUR" })
  const offer = { id: théApart, kind: "promotion", title: "Tea", value: 1, cost: 0, currency: "EUR", content: {} }
  await client`insert into items (id, item, updated_at) values
    (${crème}, ${client.json(item(crème, "Composed"))}, now()),
    (${crèmeApart}, ${client.json(item(crèmeApart, "Apart"))}, now()),
    (${théApart}, ${client.json(item(théApart, "Tea"))}, now())`
  await client`insert into offers (id, offer, updated_at) values
    (${théApart}, ${client.json({ ...offer, itemId: théApart })}, now())`
  await client`insert into profiles (customer_id, history, stage, created_at, updated_at)
    values (${customerId}, '{}', 'discover', now(), now())`
  for (const itemId of [crème, crèmeApart])
    await client`insert into events (customer_id, at, message_id, name, lines, properties, received_at) values
      (${customerId}, now(), ${itemId}, 'Product Viewed', ${client.json([{ itemId, quantity: 1 }])}, '{}', now())`
  await migrate(drizzle(client))
  await client.end()
  shop = await openTestApp({ databaseUrl: url })
})
afterAll(() => shop.close())

test("items and offers stored under decomposed ids are found under the composed ones, and none twice", async () => {
  const items = (await shop.ask("GET", "/v1/items")).json.items as { id: string; title: string }[]
  expect(items.map(({ id, title }) => [id, title])).toEqual([
    [crème, "Composed"],
    [thé, "Tea"],
  ])
  const { offers } = (await shop.ask("GET", "/v1/offers")).json
  expect(offers).toMatchObject([{ id: thé, itemId: thé }])
  expect(shop.services.catalogue.current().items.get(crèmeApart)).toBeUndefined()
})

test("views of both spellings that were recorded before count for one item", async () => {
  await refoldCustomers(shop.services, [customerId])
  const { history } = await shop.services.store.customers.read({ customerId })
  expect(Object.entries(history.items).map(([id, { views }]) => [id, views])).toEqual([[crème, 2]])
})
