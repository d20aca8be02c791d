import { expect, test } from "vitest"
import { type LabelledPair, shareOf, topShare } from "../../../models/bench/rebuy/measure.ts"

const pairOf = (customerId: string, itemId: string, bought: boolean): LabelledPair => ({
  customerId,
  itemId,
  probability: 0.75,
  bought,
})

test("a share counts pairs, its lower bound customers", () => {
  const alike = Array.from({ length: 20 }, (_, n) => pairOf(`c${n}`, "a", n % 2 === 0))
  const share = shareOf(alike)
  expect(share).toMatchObject({ pairs: 20, customers: 20, expected: 0.75, rebuyShare: 10 / 20 })
  const spread = 1.645 * Math.sqrt((0.5 * 0.5) / 20)
  expect(share.lower95).toBeGreaterThan(0.5 - spread - 0.06)
  expect(share.lower95).toBeLessThan(0.5 - spread + 0.06)
})

test("pairs of one customer that share their fate make the bound as loose as few customers do", () => {
  const items = ["a", "b", "c", "d", "e"]
  const shared = Array.from({ length: 20 }, (_, n) =>
    items.map((itemId) => pairOf(`c${n}`, itemId, n % 2 === 0)),
  ).flat()
  const one = Array.from({ length: 20 }, (_, n) => pairOf(`c${n}`, "a", n % 2 === 0))
  expect(shareOf(shared).lower95).toBeCloseTo(shareOf(one).lower95)
})

test("the largest customers' share is of all pairs", () => {
  const pairs = [pairOf("u", "a", true), pairOf("u", "b", true), pairOf("u", "c", true), pairOf("v", "a", true)]
  expect(topShare(pairs, 1)).toBe(3 / 4)
  expect(topShare(pairs, 5)).toBe(1)
})
