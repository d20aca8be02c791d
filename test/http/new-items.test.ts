import { afterAll, beforeAll, expect, test } from "vitest"
import { bought, fitSmallRelease, historyOf, noon } from "../support/release.ts"
import { type Answer, openTestApp } from "../support/test-app.ts"

const kinds = ["lantern", "teapot"] as const
const itemOf = (kind: string, n: number) => ({ id: `${kind}-${n}`, title: `${kind} number ${n}`, category: [kind] })
const known = kinds.flatMap((kind) => Array.from({ length: 12 }, (_, n) => itemOf(kind, n)))
const histories = Array.from({ length: 48 }, (_, customer) => {
  const kind = kinds[customer % 2]!
  return historyOf(...[0, 1, 2, 3, 4].map((n) => bought(n, `${kind}-${(customer + n * 5) % 12}`)))
})

const releaseId = "0190b6a4-0000-7000-8000-00000000000b"
const shop = await openTestApp({ release: { ...(await fitSmallRelease(histories)), id: releaseId } })
afterAll(() => shop.close())

beforeAll(async () => {
  await shop.ask("POST", "/v1/items", { body: { items: known } })
  await shop.refreshCatalogue()
  for (const n of [0, 1, 2]) {
    await shop.ask("POST", "/v1/track", {
      key: "ingest",
      body: {
        userId: "viewer",
        event: "Product Viewed",
        timestamp: new Date(noon).toISOString(),
        properties: { product_id: `lantern-${n}` },
      },
    })
  }
  await shop.ask("POST", "/v1/items", { body: { items: kinds.map((kind) => itemOf(kind, 99)) } })
  await shop.refreshCatalogue()
})

const idsOf = ({ json }: Answer) => (json.items as { id: string }[]).map(({ id }) => id)
const recommend = (body: object) =>
  shop.ask("POST", "/v1/recommend", { key: "read", body: { customer: { userId: "viewer" }, ...body } })

test("an item posted now is in the lists of who viewed three of its kind, before any of another kind", async () => {
  for (const recipe of ["forYou", "discover"]) {
    const ids = idsOf(await recommend({ recipe, limit: 20 }))
    expect([recipe, ids.includes("lantern-99")]).toEqual([recipe, true])
    const isOther = (id: string) => id.startsWith("teapot") && id !== "teapot-99"
    expect(ids.indexOf("lantern-99")).toBeLessThan(ids.findIndex(isOther))
  }
})

test("it is among the similar items and alternatives of its kind", async () => {
  const similar = await shop.ask("GET", "/v1/items/lantern-3/similar?limit=12", { key: "read" })
  expect(idsOf(similar)).toContain("lantern-99")
  expect(idsOf(await recommend({ recipe: "alternatives", items: ["lantern-3"], limit: 12 }))).toContain("lantern-99")
})

test("it has alternatives of its kind itself", async () => {
  const answer = await recommend({ recipe: "alternatives", items: ["lantern-99"], limit: 6 })
  expect(answer.json.recipe).toBe("alternatives")
  expect(idsOf(answer).every((id) => id.startsWith("lantern"))).toBe(true)
})
