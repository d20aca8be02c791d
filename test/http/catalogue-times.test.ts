import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { openTestApp, type TestApp } from "../support/test-app.ts"

let shop: TestApp
beforeAll(async () => {
  shop = await openTestApp()
})
afterAll(() => shop.close())

const kinds = {
  items: (id: string, title: string) => ({ id, title, price: 5, currency: "EUR" }),
  offers: (id: string, title: string) => ({ id, title, kind: "promotion", value: 5 }),
}

describe.each(["items", "offers"] as const)("%s", (kind) => {
  const document = (id: string, title: string, updatedAt?: string) => ({
    ...kinds[kind](id, title),
    ...(updatedAt !== undefined && { updatedAt }),
  })
  const send = async (...documents: object[]) =>
    (await shop.ask("POST", `/v1/${kind}`, { body: { [kind]: documents } })).json
  const title = async (id: string) => (await shop.ask("GET", `/v1/${kind}/${id}`)).json.title

  test("an older word does not overwrite a newer one, and the answer says so", async () => {
    await send(document("old", "New", "2026-02-01T00:00:00Z"))
    const answer = await send(document("old", "Old", "2026-01-01T00:00:00Z"), document("other", "Other"))
    expect(answer).toMatchObject({ upserted: 1, results: [{ status: "superseded" }, { status: "upserted" }] })
    expect(await title("old")).toBe("New")
    expect(await send(document("old", "Newest", "2026-02-01T00:30:00+00:00"))).toMatchObject({ upserted: 1 })
    expect(await title("old")).toBe("Newest")
  })

  test("times of different offsets are compared as moments, also in one request", async () => {
    const answer = await send(
      document("offset", "Later", "2026-02-01T00:30:00Z"),
      document("offset", "Earlier", "2026-02-01T02:00:00+02:00"),
    )
    expect(answer).toMatchObject({ upserted: 1, results: [{ status: "upserted" }, { status: "superseded" }] })
    expect(await title("offset")).toBe("Later")
  })

  test("without a time the arrival counts", async () => {
    await send(document("plain", "First"))
    await send(document("plain", "Second"))
    expect(await title("plain")).toBe("Second")
    await send(document("plain", "From an old file", "2020-01-01T00:00:00Z"))
    expect(await title("plain")).toBe("Second")
    await send(document("plain", "Third"))
    expect(await title("plain")).toBe("Third")
  })

  test("what was deleted since does not come back by an older word", async () => {
    await send(document("deleted", "Here", "2026-01-01T00:00:00Z"))
    await shop.ask("DELETE", `/v1/${kind}/deleted`)
    expect(await send(document("deleted", "Back", "2026-02-01T00:00:00Z"))).toMatchObject({ upserted: 0 })
    expect((await shop.ask("GET", `/v1/${kind}/deleted`)).status).toBe(404)
    await send(document("deleted", "Sold again"))
    expect(await title("deleted")).toBe("Sold again")
  })

  test("a time in the future or before 1970 is refused", async () => {
    const ahead = new Date(shop.services.clock() + 3_600_000).toISOString()
    const { results } = await send(
      document("good", "Good"),
      document("ahead", "Ahead", ahead),
      document("ancient", "Ancient", "0000-01-01T00:00:00Z"),
    )
    expect(results).toMatchObject([
      { status: "upserted" },
      { status: "rejected", errors: [{ pointer: `/${kind}/1/updatedAt`, message: "lies in the future" }] },
      { status: "rejected", errors: [{ pointer: `/${kind}/2/updatedAt`, message: "must not be before 1970" }] },
    ])
  })
})
