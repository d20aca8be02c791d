import fc from "fast-check"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { newId } from "../../src/start/new-id.ts"
import { expectProblem } from "../contracts/route.ts"
import { openTestApp } from "../support/test-app.ts"

const shop = await openTestApp()
afterAll(() => shop.close())

const ids = Array.from({ length: 24 }, (_, n) => `sku-${n}`)
const categories = ["skin", "hair", "bath"] as const
type Category = (typeof categories)[number]
const categoryOf = new Map<string, Category>()

async function setCategories(chosen: readonly (readonly [string, Category])[]): Promise<void> {
  for (const [id, category] of chosen) categoryOf.set(id, category)
  const items = chosen.map(([id, category]) => ({ id, title: id, price: 5, currency: "EUR", category: [category] }))
  if (items.length > 0) await shop.ask("POST", "/v1/items", { body: { items } })
  await shop.refreshCatalogue()
}

beforeAll(() => setCategories(ids.map((id, n) => [id, categories[n % 3]!])))

const ask = (body: object) => shop.ask("POST", "/v1/recommend", { key: "read", body })
const shownIn = (json: Record<string, unknown>) => (json.items as { id: string }[]).map(({ id }) => id)

const someIds = fc.uniqueArray(fc.constantFrom(...ids), { maxLength: 6 })
const filter = fc.uniqueArray(fc.constantFrom(...categories), { minLength: 1, maxLength: 2 })
const page = fc.record({
  exclude: someIds,
  saysFilter: fc.boolean(),
  moved: fc.array(fc.tuple(fc.constantFrom(...ids), fc.constantFrom(...categories)), { maxLength: 3 }),
})

test("no page contains what its filter or an exclusion rules out, nor what an earlier one showed", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.option(filter),
      fc.integer({ min: 1, max: 5 }),
      fc.array(page, { maxLength: 5 }),
      async (category, limit, pages) => {
        const customer = { userId: newId() }
        const shown = new Set<string>()
        const excluded = new Set<string>()
        let after: unknown
        for (const { exclude, saysFilter, moved } of [{ exclude: [], saysFilter: true, moved: [] }, ...pages]) {
          await setCategories([...new Map(moved)])
          for (const id of exclude) excluded.add(id)
          const said = category && saysFilter ? { filter: { category: [...category].reverse() } } : {}
          const { status, json } = await ask({ customer, limit, exclude, ...said, ...(after ? { after } : {}) })
          expect(status).toBe(200)
          for (const id of shownIn(json)) {
            expect(shown.has(id) || excluded.has(id)).toBe(false)
            if (category) expect(category).toContain(categoryOf.get(id))
            shown.add(id)
          }
          after = json.decisionId
        }
      },
    ),
  )
})

describe("a page behind a filtered one", () => {
  const customer = { userId: "reader" }
  const first = async (filter?: object) =>
    (await ask({ customer, limit: 2, ...(filter && { filter }) })).json.decisionId

  test.each([
    [{ category: ["skin"] }, { category: ["hair"] }],
    [{ category: ["skin"] }, { category: ["skin", "hair"] }],
    [{ category: ["skin"] }, { category: ["skin"], brand: ["ours"] }],
    [undefined, { category: ["hair"] }],
  ])("of another filter is refused and says to start over: %j, then %j", async (before, then) => {
    const answer = await ask({ customer, limit: 2, filter: then, after: await first(before) })
    expectProblem(answer, 400, "invalidRequest")
    expect(answer.json.detail).toContain("start over")
    expect(answer.json.errors).toMatchObject([{ pointer: "/filter" }])
  })

  test("of other repeats is refused too", async () => {
    expectProblem(await ask({ customer, repeats: "allowed", after: await first() }), 400, "invalidRequest")
  })
})
