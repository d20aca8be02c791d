import { expect, test } from "vitest"
import { itemIndex } from "../../../src/core/artifact/item-index.ts"
import type { History } from "../../../src/core/history/history.ts"
import { sessionStepsOf } from "../../../src/core/preference/session-steps.ts"
import { bought, eventOf, historyOf, viewed } from "../../support/release.ts"

const items = itemIndex(["a", "b", "c"])
const stepsOf = (history: History) => {
  const { rows, stepsAgo } = sessionStepsOf(history, items)
  return [...rows].map((row, n) => [items.ids[row], stepsAgo[n]])
}
const sentBack = (days: number, itemId: string) => eventOf("Product Returned", days, itemId)

test("things done at once share a step, the latest first", () => {
  expect(stepsOf(historyOf(viewed(0, "c"), bought(1, "a", "b")))).toEqual([
    ["b", 0],
    ["a", 0],
    ["c", 1],
  ])
})

test("an item that was sent back is no step, and neither is what led to it", () => {
  const history = historyOf(viewed(0, "a"), bought(1, "a"), viewed(2, "b"), sentBack(3, "a"))
  expect(stepsOf(history)).toEqual([["b", 0]])
})

test("interest after a return counts, and so does what was bought again or kept in part", () => {
  expect(stepsOf(historyOf(bought(0, "a"), sentBack(1, "a"), viewed(2, "a")))).toEqual([["a", 0]])
  const again = historyOf(bought(0, "a"), sentBack(1, "a"), bought(2, "a"))
  expect(stepsOf(again)).toEqual([
    ["a", 0],
    ["a", 1],
  ])
})
