import { afterAll, beforeAll, expect, test } from "vitest"
import { openTestApp, type TestApp } from "../support/test-app.ts"

let shop: TestApp
beforeAll(async () => {
  shop = await openTestApp()
})
afterAll(() => shop.close())

interface Result {
  id: string | null
  status: string
  erased?: string[]
  kept?: string[]
  errors?: { pointer: string; message: string }[]
}

const send = async (method: "POST" | "PATCH", ...items: unknown[]) => {
  const { json } = await shop.ask(method, "/v1/items", { key: "ingest", body: { items } })
  return json as { patched?: number; upserted?: number; results: Result[]; errors?: { pointer: string }[] }
}
const read = async (id: string) => (await shop.ask("GET", `/v1/items/${id}`, { key: "read" })).json
const at = (minute: number) => new Date(Date.UTC(2026, 0, 5, 12, minute)).toISOString()

const cream = (id: string) => ({
  id,
  title: "Day cream",
  price: 19.9,
  stock: 3,
  category: ["skin"],
  attributes: { vegan: true, sizeMl: 50 },
})

test("a patch changes what it names, removes what is null, and keeps all else", async () => {
  await send("POST", { ...cream("named"), updatedAt: at(0) })
  const patch = { stock: 7, price: null, attributes: { sizeMl: null, season: "summer" } }
  expect(await send("PATCH", { id: "named", at: at(1), patch })).toEqual({
    patched: 1,
    results: [{ id: "named", status: "patched" }],
  })
  expect(await read("named")).toEqual({
    id: "named",
    title: "Day cream",
    stock: 7,
    category: ["skin"],
    attributes: { vegan: true, season: "summer" },
    updatedAt: at(1),
  })
})

test("of each field what was stated last stands, whatever comes in last", async () => {
  await send("POST", { ...cream("late"), updatedAt: at(0) })
  await send("PATCH", { id: "late", at: at(5), patch: { stock: 0, attributes: { vegan: null } } })
  const { results } = await send("PATCH", { id: "late", at: at(4), patch: { stock: 9, price: 15 } })
  expect(results).toEqual([{ id: "late", status: "patched", kept: ["/stock"] }])
  const older = await send("PATCH", { id: "late", at: at(3), patch: { stock: 8, attributes: { vegan: true } } })
  expect(older).toEqual({ patched: 0, results: [{ id: "late", status: "superseded" }] })
  expect(await read("late")).toMatchObject({ stock: 0, price: 15, attributes: { sizeMl: 50 }, updatedAt: at(5) })
})

test("a whole item erases what it leaves out, says so, and keeps what was patched later", async () => {
  await send("POST", { ...cream("whole"), updatedAt: at(0) })
  await send("PATCH", { id: "whole", at: at(9), patch: { stock: 1 } })
  const sent = { id: "whole", title: "Night cream", stock: 30, attributes: { vegan: true }, updatedAt: at(5) }
  expect((await send("POST", sent)).results).toEqual([
    {
      id: "whole",
      status: "upserted",
      erased: ["/attributes/sizeMl", "/category", "/price"],
      kept: ["/stock"],
    },
  ])
  expect(await read("whole")).toEqual({ ...sent, stock: 1, updatedAt: at(9) })
  expect((await send("POST", { id: "whole", title: "Cream" })).results[0]).toMatchObject({
    erased: ["/attributes/vegan", "/stock"],
  })
  expect(await read("whole")).toEqual({ id: "whole", title: "Cream" })
})

test("a patch of an unknown item is rejected by itself; one with a title makes the item", async () => {
  await send("POST", { id: "known", title: "Known", updatedAt: at(0) })
  const { patched, results } = await send(
    "PATCH",
    { id: "unheard-of", at: at(1), patch: { stock: 4 } },
    { id: "known", at: at(1), patch: { stock: 4 } },
    { id: "newcomer", at: at(1), patch: { title: "Newcomer", stock: 2 } },
    { id: "known", at: at(1), patch: { title: null, colour: "red" } },
  )
  expect(patched).toBe(2)
  expect(results.map(({ status }) => status)).toEqual(["rejected", "patched", "patched", "rejected"])
  expect(results[0]!.errors).toEqual([
    { pointer: "/items/0/id", message: expect.stringContaining("unknown item") as string },
  ])
  expect(results[3]!.errors!.map(({ pointer }) => pointer).sort()).toEqual([
    "/items/3/patch/colour",
    "/items/3/patch/title",
  ])
  expect(await read("newcomer")).toEqual({ id: "newcomer", title: "Newcomer", stock: 2, updatedAt: at(1) })
  expect((await shop.ask("GET", "/v1/items/unheard-of")).status).toBe(404)
  const none = await send("PATCH", { id: "unheard-of", patch: { stock: 1 } })
  expect(none).toMatchObject({ patched: 0, results: [{ status: "rejected" }] })
})

test("a deleted item does not come back by a patch, but by a later title with what is said beside it", async () => {
  await send("POST", { ...cream("gone"), updatedAt: at(0) })
  await shop.ask("DELETE", "/v1/items/gone")
  expect((await send("PATCH", { id: "gone", at: at(1), patch: { title: "Back" } })).results[0]!.status).toBe(
    "superseded",
  )
  expect((await send("PATCH", { id: "gone", patch: { stock: 4 } })).results[0]!.status).toBe("rejected")
  expect((await shop.ask("GET", "/v1/items/gone")).status).toBe(404)
  expect((await send("PATCH", { id: "gone", patch: { title: "Back", stock: 4 } })).results[0]!.status).toBe("patched")
  const { updatedAt: _, ...item } = await read("gone")
  expect(item).toEqual({ id: "gone", title: "Back", stock: 4 })
})

test("several patches of one item in one request are told apart by their times", async () => {
  await send("POST", { ...cream("several"), updatedAt: at(0) })
  const { patched, results } = await send(
    "PATCH",
    { id: "several", at: at(3), patch: { stock: 30 } },
    { id: "several", at: at(2), patch: { stock: 20, brand: "Corvelle" } },
    { id: "several", at: at(1), patch: { stock: 10 } },
  )
  expect([patched, results.map(({ status }) => status)]).toEqual([2, ["patched", "patched", "superseded"]])
  expect(results[1]!.kept).toEqual(["/stock"])
  expect(await read("several")).toMatchObject({ stock: 30, brand: "Corvelle" })
  await send("PATCH", { id: "several", patch: { stock: 1 } }, { id: "several", patch: { stock: 2 } })
  expect(await read("several")).toMatchObject({ stock: 2 })
})

test("the bound on attributes holds for the item that a patch makes", async () => {
  const many = (prefix: string, count: number) =>
    Object.fromEntries(Array.from({ length: count }, (_, n) => [`${prefix}${n}`, n]))
  await send("POST", { id: "full", title: "Full", attributes: many("a", 60), updatedAt: at(0) })
  const { results } = await send("PATCH", { id: "full", at: at(1), patch: { stock: 1, attributes: many("b", 41) } })
  expect(results[0]).toMatchObject({ status: "rejected", errors: [{ pointer: "/items/0/patch/attributes" }] })
  expect(await read("full")).not.toHaveProperty("stock")
  const replaced = await send("PATCH", {
    id: "full",
    at: at(2),
    patch: { attributes: { ...many("b", 41), a0: null } },
  })
  expect(replaced.patched).toBe(1)
})

test("a time in the future or before 1970 is refused, and 10,000 patches are taken at once", async () => {
  const ahead = new Date(shop.services.clock() + 3_600_000).toISOString()
  const { errors } = await send(
    "PATCH",
    { id: "x", at: ahead, patch: {} },
    { id: "x", at: "1969-01-01T00:00:00Z", patch: {} },
  )
  expect(errors!.map(({ pointer }) => pointer)).toEqual(["/items/0/at", "/items/1/at"])
  const stock = (count: number) => Array.from({ length: count }, (_, n) => ({ id: `s-${n}`, patch: { stock: n } }))
  const tooMany = await shop.ask("PATCH", "/v1/items", { body: { items: stock(10_001) } })
  expect(tooMany.status).toBe(400)
})

test("items made at once by several requests end with what was stated last", async () => {
  const titles = Array.from({ length: 6 }, (_, n) => ({ id: "raced", at: at(n), patch: { title: `T${n}`, stock: n } }))
  const answers = await Promise.all(titles.map((patch) => shop.ask("PATCH", "/v1/items", { body: { items: [patch] } })))
  expect(answers.map(({ status }) => status)).toEqual(titles.map(() => 200))
  expect(await read("raced")).toEqual({ id: "raced", title: "T5", stock: 5, updatedAt: at(5) })
})
