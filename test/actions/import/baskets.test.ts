import { expect, test } from "vitest"
import { BasketGatherer } from "../../../src/actions/import/baskets.ts"
import type { Line } from "../../../src/actions/import/line.ts"
import type { KeepableReason } from "../../../src/actions/import/mapping.ts"

const line = (number: number, change: Partial<Line> = {}): Line => ({
  line: number,
  identifiers: [{ type: "userId", value: "u1" }],
  at: 1000,
  eventName: "Order Completed",
  unknownName: undefined,
  item: { id: `item-${number}`, title: "", category: undefined, isGoods: true },
  quantity: 1,
  price: undefined,
  order: undefined,
  messageId: undefined,
  channel: undefined,
  email: undefined,
  fingerprint: String(number),
  ...change,
})

function gather(lines: readonly Line[], keep: readonly KeepableReason[] = []) {
  const gatherer = new BasketGatherer("digest", new Set(keep))
  const outcomes = [...lines.map((next) => gatherer.add(next)), gatherer.finish()].filter((one) => one !== undefined)
  return {
    baskets: outcomes.flatMap((one) => ("event" in one ? [one.lines.map(({ line }) => line)] : [])),
    events: outcomes.flatMap((one) => ("event" in one ? [one.event] : [])),
    rejections: outcomes.flatMap((one) => ("reason" in one ? [`${one.line} ${one.reason}`] : [])),
  }
}

test("neighbouring lines of one customer and moment are one order", () => {
  const lines = [
    line(1),
    line(2),
    line(3, { at: 2000 }),
    line(4, { identifiers: [{ type: "userId", value: "u2" }], at: 2000 }),
  ]
  expect(gather(lines).baskets).toEqual([[1, 2], [3], [4]])
})

test("what came back is another event than what was bought at the same moment", () => {
  expect(gather([line(1), line(2, { eventName: "Order Refunded" })]).events.map(({ name }) => name)).toEqual([
    "Order Completed",
    "Order Refunded",
  ])
})

test("orders with different numbers stay apart", () => {
  expect(gather([line(1, { order: "A" }), line(2, { order: "B" })]).baskets).toEqual([[1], [2]])
})

test("views are events of their own", () => {
  expect(gather([line(1, { eventName: "Product Viewed" }), line(2, { eventName: "Product Viewed" })]).baskets).toEqual([
    [1],
    [2],
  ])
})

test("a line with a message id of its own stands alone under it", () => {
  const { events } = gather([line(1, { messageId: "a" }), line(2, { messageId: "b" })])
  expect(events.map(({ messageId }) => messageId)).toEqual(["a", "b"])
})

test("a line that repeats another of its order is rejected, unless kept", () => {
  const lines = [line(1), line(2, { fingerprint: "1" }), line(3)]
  expect(gather(lines)).toMatchObject({ baskets: [[1, 3]], rejections: ["2 duplicateLine"] })
  expect(gather(lines, ["duplicateLine"]).baskets).toEqual([[1, 2, 3]])
})

test("the same line of another order is no repetition", () => {
  expect(gather([line(1), line(2, { at: 2000, fingerprint: "1" })]).rejections).toEqual([])
})

test("the same file gives the same message ids, a line of another file another", () => {
  const ids = () => gather([line(1), line(2, { at: 2000 })]).events.map(({ messageId }) => messageId)
  expect(ids()).toEqual(ids())
  expect(new Set(ids()).size).toBe(2)
  expect(new BasketGatherer("other", new Set()).add(line(1))).toBeUndefined()
})

test("an order with a number has the same id in every file that tells the same of it", () => {
  const idIn = (file: string, lines: readonly Line[]) => {
    const gatherer = new BasketGatherer(file, new Set())
    for (const next of lines) gatherer.add(next)
    return gatherer.finish()?.event.messageId
  }
  const [first, second] = [line(1, { order: "A" }), line(2, { order: "A" })]
  const moved = [
    { ...second, line: 71 },
    { ...first, line: 72 },
  ]
  expect(idIn("monday", [first, second])).toBe(idIn("tuesday", moved))
  expect(idIn("monday", [first, second])).not.toBe(idIn("tuesday", [first]))
  expect(idIn("monday", [line(1)])).not.toBe(idIn("tuesday", [line(1)]))
})

test("the products of one line are one event under its message id, and what came back is another", () => {
  const { events } = gather([
    line(1, { messageId: "m" }),
    line(1, { messageId: "m", fingerprint: "b" }),
    line(1, { messageId: "m", eventName: "Order Refunded" }),
  ])
  expect(events.map(({ messageId, lines }) => [messageId, lines.length])).toEqual([
    ["m", 2],
    ["m/1", 1],
  ])
})
