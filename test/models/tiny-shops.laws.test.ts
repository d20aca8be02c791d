import fc from "fast-check"
import { expect, test } from "vitest"
import { trainRelease } from "../../models/train/train.ts"
import { promoteRelease } from "../../src/actions/releases/promote-release.ts"
import type { IncomingEvent } from "../../src/core/history/event.ts"
import { fold } from "../../src/core/history/fold.ts"
import { emptyHistory } from "../../src/core/history/history.ts"
import { recommend } from "../../src/core/preference/recommend.ts"
import { ApiError } from "../../src/core/problem/problem.ts"
import { newId } from "../../src/start/new-id.ts"
import { loadRelease } from "../../src/store/releases/load-release.ts"
import { tester } from "../support/actor.ts"
import { openTestStore } from "../support/database.ts"
import { catalogueOf, day, itemsNamed, noon } from "../support/release.ts"
import { silent } from "../support/save-release.ts"

const names = ["Product Viewed", "Product Added", "Order Completed", "Order Completed", "Order Refunded"]
const itemIds = ["a", "b", "c", "d", "e"]

/** Spans of a shop's events in milliseconds: from one instant to years. */
const spans = [0, 1000, 3_600_000, 3 * day, 60 * day, 900 * day]

const shops = fc
  .record({
    customers: fc.integer({ min: 1, max: 6 }),
    items: fc.integer({ min: 1, max: itemIds.length }),
    span: fc.constantFrom(...spans),
    untouched: fc.integer({ min: 0, max: 3 }),
  })
  .chain(({ customers, items, span, untouched }) =>
    fc.record({
      untouched: fc.constant(untouched),
      events: fc.array(
        fc.record({
          customer: fc.nat(customers - 1),
          at: fc.nat(span).map((ms) => noon + ms),
          name: fc.constantFrom(...names),
          lines: fc.array(
            fc.record({
              itemId: fc.nat(items - 1).map((n) => itemIds[n]!),
              quantity: fc.constantFrom(1, 1, 2, 1000),
            }),
            { maxLength: items },
          ),
        }),
        { maxLength: 40 },
      ),
    }),
  )

const incoming = (
  { customer, ...event }: { customer: number; at: number; name: string; lines: { itemId: string; quantity: number }[] },
  n: number,
): IncomingEvent => ({
  ...event,
  messageId: `m-${n}`,
  properties: {},
  identifiers: [{ type: "userId", value: `u-${customer}` }],
})

const end = noon + 901 * day

test("a training of any tiny shop ends with a release that answers everybody, or says what is missing", async () => {
  const shopOf = async ({ events, untouched }: typeof shops extends fc.Arbitrary<infer S> ? S : never) => {
    const store = await openTestStore()
    try {
      const services = { store, clock: () => end, newId, log: silent }
      const catalogue = itemsNamed(...itemIds, ...Array.from({ length: untouched }, (_, n) => `new-${n}`))
      await store.items.upsert(catalogue, tester)
      const told = events.map(incoming)
      await store.events.append(told, { mayMerge: false, receivedAt: end })
      const trained = await trainRelease(services, { threads: 1, searchTrials: 2 }).catch((error: unknown) => error)
      if (trained instanceof ApiError) {
        expect(told.some(({ name, lines }) => name !== "Order Refunded" && lines.length > 0)).toBe(false)
        expect(trained.message).toContain("send events, or import a file of orders")
        return
      }
      const { releaseId } = trained as Awaited<ReturnType<typeof trainRelease>>
      await promoteRelease(services, releaseId, { force: true, actor: tester })
      const record = (await store.releases.read(releaseId))!
      expect(record.manifest.omitted).toEqual([])
      const release = await loadRelease(store.releases, record)
      const histories = ["u-0", "u-1", "nobody"].map((who) =>
        fold(
          emptyHistory,
          told.filter(({ identifiers }) => identifiers[0]!.value === who).sort((a, b) => a.at - b.at),
        ),
      )
      for (const history of histories) {
        const question = { history, vector: null, limit: 5, repeats: "allowed", nowMs: end, explain: true } as const
        const slots = recommend(question, release, catalogueOf(catalogue))
        expect(slots).toHaveLength(5)
        expect(slots.every(({ score }) => Number.isFinite(score))).toBe(true)
      }
    } finally {
      await store.close()
    }
  }
  await fc.assert(fc.asyncProperty(shops, shopOf))
})
