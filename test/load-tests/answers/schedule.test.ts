import { expect, test } from "vitest"
import { durationOf, orderOf, planOf, windowOf } from "../../../load-tests/run/answers/schedule.ts"

const routes = ["recommend", "rank", "bare"].map((route) => ({ route, rate: 80 }))

test("each side begins in turn, and all are asked in each repeat", () => {
  const sides = ["old", "new", "twin"]
  const orders = [0, 1, 2, 3].map((repeat) => orderOf(sides, repeat))
  expect(orders.map(([first]) => first)).toEqual(["old", "new", "twin", "old"])
  for (const order of orders) expect([...order].sort()).toEqual([...sides].sort())
})

test("windows of routes follow each other without a moment that counts twice", () => {
  const windows = planOf(routes, 2).map((slice) => windowOf(slice, 1000))
  for (const [n, { from, to }] of windows.entries()) {
    expect(to).toBeGreaterThan(from + 2000)
    expect(from).toBeGreaterThanOrEqual(windows[n - 1]?.to ?? 1000)
    expect(to).toBeLessThanOrEqual(1000 + durationOf(routes.length, 2) * 1000)
  }
})
