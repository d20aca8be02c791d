import fc from "fast-check"
import { afterAll, beforeAll, expect, test } from "vitest"
import { openTestApp, type TestApp } from "../support/test-app.ts"

let shop: TestApp
beforeAll(async () => {
  shop = await openTestApp()
})
afterAll(() => shop.close())

const kinds = {
  items: (id: string, title: string) => ({ id, title, ...(title === "b" && { url: "https://shop.example/" }) }),
  offers: (id: string, title: string) => ({ id, title, kind: "promotion", value: 5 }),
}
type Kind = keyof typeof kinds

const send = (kind: Kind, documents: readonly object[]) =>
  shop.ask("POST", `/v1/${kind}`, { body: { [kind]: documents } })
const titleOf = async (kind: Kind, id: string) => (await shop.ask("GET", `/v1/${kind}/${id}`)).json.title
const at = (minute: number) => new Date(Date.UTC(2026, 0, 5, 12, minute)).toISOString()
let made = 0

test("statements on items and offers end the same in whatever order and portions they come", async () => {
  const statement = fc.record({ title: fc.constantFrom("a", "b", "c"), minute: fc.integer({ min: 0, max: 5 }) })
  const law = fc.asyncProperty(
    fc.constantFrom<Kind>("items", "offers"),
    fc.array(statement, { minLength: 1, maxLength: 6 }).chain((statements) =>
      fc.record({
        first: fc.constant(statements),
        second: fc.shuffledSubarray(statements, { minLength: statements.length }),
        portion: fc.integer({ min: 1, max: 3 }),
      }),
    ),
    async (kind, { first, second, portion }) => {
      const ends = []
      for (const order of [first, second]) {
        const id = `law-${++made}`
        const documents = order.map(({ title, minute }) => ({ ...kinds[kind](id, title), updatedAt: at(minute) }))
        for (let n = 0; n < documents.length; n += portion) await send(kind, documents.slice(n, n + portion))
        ends.push(await titleOf(kind, id))
      }
      expect(ends[0]).toBe(ends[1])
      const latest = Math.max(...first.map(({ minute }) => minute))
      expect(first.filter(({ minute }) => minute === latest).map(({ title }) => title)).toContain(ends[0])
    },
  )
  await fc.assert(law)
})
