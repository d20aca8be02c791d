import { randomUUID } from "node:crypto"
import fc from "fast-check"
import { afterAll, beforeAll, expect, test } from "vitest"
import { type Channel, channels } from "../../src/core/schema/channel.ts"
import { openTestApp, type TestApp } from "../support/test-app.ts"

let shop: TestApp
beforeAll(async () => {
  shop = await openTestApp()
})
afterAll(() => shop.close())

const at = (minute: number) => new Date(Date.UTC(2026, 0, 5, 12, minute)).toISOString()

/** Words of two people who turn out to be one: of all channels or of some, by name or by customer id. */
const word = fc.record({
  who: fc.constantFrom("a", "b"),
  isById: fc.boolean(),
  granted: fc.boolean(),
  listed: fc.subarray<Channel>(["email", "sms", "push"], { maxLength: 2 }),
  minute: fc.integer({ min: 0, max: 5 }),
})
type Word = typeof word extends fc.Arbitrary<infer T> ? T : never

interface People {
  userId(who: string): string
  idOf(who: string): string
}

async function seed(): Promise<People> {
  const tag = randomUUID()
  const userId = (who: string) => `${who}-${tag}`
  const ids = new Map<string, string>()
  for (const who of ["a", "b"]) {
    await shop.ask("POST", "/v1/track", { key: "ingest", body: { userId: userId(who), event: "Page Viewed" } })
    ids.set(who, (await shop.ask("GET", `/v1/customers/userId:${userId(who)}`)).json.customerId as string)
  }
  return { userId, idOf: (who) => ids.get(who)! }
}

const say = ({ userId, idOf }: People, { who, isById, granted, listed, minute }: Word) =>
  shop.ask("PUT", `/v1/customers/${isById ? idOf(who) : `userId:${userId(who)}`}/consents/marketing`, {
    key: "ingest",
    body: { granted, at: at(minute), source: "law", ...(listed.length > 0 && { channels: listed }) },
  })
const join = ({ userId }: People) =>
  shop.ask("POST", "/v1/alias", { key: "ingest", body: { userId: userId("a"), previousId: userId("b") } })
const heldBy = async ({ userId }: People) =>
  (await shop.ask("GET", `/v1/customers/userId:${userId("a")}`)).json.consents as {
    marketing?: { granted: boolean; channels?: Channel[] }
  }

test("words on a consent end the same in any order, before, after and while people are joined, and no withdrawal is lost", async () => {
  const law = fc.asyncProperty(
    fc.array(word, { minLength: 1, maxLength: 6 }).chain((words) =>
      fc.record({
        words: fc.constant(words),
        shuffled: fc.shuffledSubarray(words, { minLength: words.length }),
        joinAfter: fc.integer({ min: 0, max: words.length }),
      }),
    ),
    async ({ words, shuffled, joinAfter }) => {
      const [inOrder, inAnother, raced] = [await seed(), await seed(), await seed()]
      for (const one of words) expect((await say(inOrder, one)).status).toBe(200)
      await join(inOrder)
      for (const one of shuffled.slice(0, joinAfter)) await say(inAnother, one)
      await join(inAnother)
      for (const one of shuffled.slice(joinAfter)) await say(inAnother, one)
      const answers = await Promise.all([join(raced), ...shuffled.map((one) => say(raced, one))])
      expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200))

      const held = await heldBy(inOrder)
      expect(await heldBy(inAnother)).toEqual(held)
      expect(await heldBy(raced)).toEqual(held)
      const { granted, channels: left = [...channels] } = held.marketing!
      for (const channel of granted ? left : []) {
        const isOf = ({ listed }: Word) => listed.length === 0 || listed.includes(channel)
        const lastGrant = Math.max(...words.filter((one) => one.granted && isOf(one)).map(({ minute }) => minute))
        expect(words.filter((one) => !one.granted && isOf(one) && one.minute >= lastGrant)).toEqual([])
      }
    },
  )
  await fc.assert(law)
})
