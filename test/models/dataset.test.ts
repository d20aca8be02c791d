import fc from "fast-check"
import { expect, test } from "vitest"
import { historiesOf, historyFolder, loadDataset, purchasesOf } from "../../models/data/dataset.ts"
import { evaluationCases } from "../../models/data/evaluation-cases.ts"
import { fold } from "../../src/core/history/fold.ts"
import { emptyHistory } from "../../src/core/history/history.ts"
import type { CustomerEvent } from "../../src/store/events/event-types.ts"
import { bought, day, eventOf, noon, viewed } from "../support/release.ts"

const of = (customerId: string, ...events: ReturnType<typeof eventOf>[]): CustomerEvent[] =>
  events.map((event) => ({ ...event, customerId }))

async function* inBatches(events: readonly CustomerEvent[], size = 3) {
  for (let n = 0; n < events.length; n += size) yield events.slice(n, n + size)
}

const names = ["Product Viewed", "Product Added", "Order Completed", "Order Refunded", "Page Viewed"]
const someEvent = fc
  .record({
    name: fc.constantFrom(...names),
    days: fc.integer({ min: 0, max: 30 }),
    items: fc.uniqueArray(fc.constantFrom("a", "b", "c", "z"), { maxLength: 3 }),
  })
  .map(({ name, days, items }) => eventOf(name, days, ...items))

test("histories before a cut are the fold of the events that say something of an item before it", async () => {
  const customers = fc.array(fc.array(someEvent, { minLength: 1, maxLength: 8 }), { maxLength: 5 })
  await fc.assert(
    fc.asyncProperty(customers, fc.integer({ min: 0, max: 31 }), async (shop, cutDay) => {
      const cut = noon + cutDay * day
      const sorted = shop.map((events) => events.toSorted((a, b) => a.at - b.at))
      const dataset = await loadDataset(inBatches(sorted.flatMap((events, n) => of(`c${n}`, ...events))))
      const histories = historiesOf(dataset, { until: cut })
      dataset.customerIds.forEach((customerId, n) => {
        const events = sorted[Number(customerId.slice(1))]!
        const told = events.filter(({ name, lines, at }) => name !== "Page Viewed" && lines.length > 0 && at < cut)
        expect(histories[n]).toEqual(told.length === 0 ? emptyHistory : fold(emptyHistory, told))
      })
    }),
  )
})

const at = (event: ReturnType<typeof eventOf>, orderId: string) => ({
  ...event,
  messageId: orderId + event.messageId,
  properties: { orderId },
})

test("histories folded from one moment to the next are those folded at once, whatever the order of moments", async () => {
  const customers = fc.array(fc.array(someEvent, { minLength: 1, maxLength: 8 }), { maxLength: 5 })
  const moments = fc.array(fc.integer({ min: 0, max: 31 }), { minLength: 1, maxLength: 5 })
  await fc.assert(
    fc.asyncProperty(customers, moments, async (shop, days) => {
      const sorted = shop.map((events) => events.toSorted((a, b) => a.at - b.at))
      const dataset = await loadDataset(inBatches(sorted.flatMap((events, n) => of(`c${n}`, ...events))))
      const histories = historyFolder(dataset)
      for (const cutDay of days) {
        const until = noon + cutDay * day
        expect(histories(until)).toEqual(historiesOf(dataset, { until }))
      }
    }),
  )
})

test("of an order that was placed, what is told twice or taken back by its number is what it is online", async () => {
  const orders = fc.array(
    fc.record({
      name: fc.constantFrom(
        "Order Completed",
        "Order Completed",
        "Order Refunded",
        "Order Cancelled",
        "Product Viewed",
      ),
      days: fc.integer({ min: 0, max: 9 }),
      items: fc.subarray(["a", "b"]),
      number: fc.constantFrom("o1", "o2"),
    }),
    { minLength: 1, maxLength: 8 },
  )
  await fc.assert(
    fc.asyncProperty(orders, async (given) => {
      const placed = ["o1", "o2"].map((number) => at(bought(-1, "a", "b"), number))
      const events = given
        .map(({ name, days, items, number }, n) => at(eventOf(name, days + n / 100, ...items), number))
        .concat(placed)
        .sort((a, b) => a.at - b.at)
      const dataset = await loadDataset(inBatches(of("c", ...events)))
      const online = fold(emptyHistory, events)
      const offline = historiesOf(dataset, { until: Number.POSITIVE_INFINITY })[0] ?? emptyHistory
      const counted = ({ items }: typeof online) =>
        Object.fromEntries(
          Object.entries(items)
            .map(([id, { lastAt: _, ...counts }]) => [id, counts] as const)
            .filter(([, { purchases, returns, views }]) => purchases + returns + views > 0),
        )
      expect(counted(offline)).toEqual(counted(online))
      expect(purchasesOf(dataset, { from: 0, until: Number.POSITIVE_INFINITY }).length).toBeLessThanOrEqual(1)
    }),
  )
})

test("of an order told twice the dataset has each line once", async () => {
  const order = bought(1, "a", "b")
  const dataset = await loadDataset(inBatches(of("c", at(order, "o1"), at({ ...order, at: order.at + 1 }, "o1"))))
  expect([dataset.at.length, dataset.lineItem.length]).toEqual([1, 2])
})

const shop = () =>
  loadDataset(
    inBatches([
      ...of("new", bought(12, "a")),
      ...of("old", bought(1, "a", "b"), viewed(11, "c"), bought(12, "a", "c"), bought(20, "d")),
      ...of("silent", bought(2, "a"), viewed(12, "b")),
    ]),
  )

test("only who bought in the horizon is a case; new to them is what they did not own before", async () => {
  const horizon = { cut: noon + 10 * day, until: noon + 20 * day }
  const cases = evaluationCases(await shop(), horizon)
  expect(cases.map(({ customerId, relevant }) => [customerId, [...relevant.all], [...relevant.firstTime]])).toEqual([
    ["new", ["a"], ["a"]],
    ["old", ["a", "c"], ["c"]],
  ])
  expect(cases[0]!.history).toBe(emptyHistory)
  expect(Object.keys(cases[1]!.history.items).sort()).toEqual(["a", "b"])
})

test("what is bought in a window is counted once each, its beginning included and its end not", async () => {
  const dataset = await shop()
  const rows = purchasesOf(dataset, { from: noon + 12 * day, until: noon + 20 * day })
  expect(rows.map((set) => [...set].map((row) => dataset.itemIds[row]))).toEqual([["a"], ["a", "c"], []])
})
