import { randomUUID } from "node:crypto"
import fc from "fast-check"
import { afterAll, beforeAll, expect, test } from "vitest"
import { openTestApp, type TestApp } from "../support/test-app.ts"

let shop: TestApp
beforeAll(async () => {
  shop = await openTestApp()
})
afterAll(() => shop.close())

const timestamp = (minute: number) => new Date(Date.UTC(2026, 0, 5, 12, minute)).toISOString()
const send = (call: object) => shop.ask("POST", "/v1/batch", { key: "ingest", body: { batch: [call] } })

test("traits of people who are joined on the way end the same in any order, batches and race", async () => {
  const statement = fc.record({
    who: fc.constantFrom("a", "b"),
    traits: fc.dictionary(fc.constantFrom("city", "plan"), fc.constantFrom("x", "y", null), { minKeys: 1 }),
    minute: fc.integer({ min: 0, max: 4 }),
  })
  const law = fc.asyncProperty(
    fc.array(statement, { minLength: 2, maxLength: 6 }).chain((statements) =>
      fc.record({
        inOrder: fc.constant(statements),
        shuffled: fc.shuffledSubarray(statements, { minLength: statements.length }),
        joinAfter: fc.integer({ min: 0, max: statements.length }),
      }),
    ),
    async ({ inOrder, shuffled, joinAfter }) => {
      const calls = (given: typeof inOrder, tag: string) => {
        const identified = given.map(({ who, traits, minute }) => ({
          type: "identify",
          userId: `${who}-${tag}`,
          traits,
          timestamp: timestamp(minute),
        }))
        const join = { type: "alias", userId: `a-${tag}`, previousId: `b-${tag}`, timestamp: timestamp(9) }
        return [...identified.slice(0, joinAfter), join, ...identified.slice(joinAfter)]
      }
      const traitsOf = async (tag: string) => (await shop.ask("GET", `/v1/customers/userId:a-${tag}`)).json.traits
      const seen = async (tag: string) => {
        for (const who of ["a", "b"])
          await send({ type: "track", userId: `${who}-${tag}`, event: "Page Viewed", timestamp: timestamp(0) })
      }
      const tags = [randomUUID(), randomUUID(), randomUUID()]
      for (const tag of tags) await seen(tag)
      for (const call of calls(inOrder, tags[0]!)) await send(call)
      await shop.ask("POST", "/v1/batch", { key: "ingest", body: { batch: calls(shuffled, tags[1]!) } })
      await Promise.all(calls(shuffled, tags[2]!).map(send))
      const [one, other, raced] = await Promise.all(tags.map(traitsOf))
      expect(other).toEqual(one)
      expect(raced).toEqual(one)
    },
  )
  await fc.assert(law)
})
