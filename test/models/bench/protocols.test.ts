import { expect, test } from "vitest"
import { basketsProtocol } from "../../../models/bench/quality/baskets.ts"
import { lightgcnProtocol } from "../../../models/bench/quality/lightgcn.ts"

const sizes = (ids: Iterable<string>) => [...ids].length
const own = (history: { items: object }) => Object.keys(history.items)

test("of sets, valid is asked of train by two halves of users, and test of both together", () => {
  const train = new Map([
    [0, [0, 1]],
    [1, [1, 2]],
    [2, [3]],
  ])
  const valid = new Map([
    [0, [2]],
    [2, [0, 1]],
  ])
  const test = new Map([[1, [4]]])
  const { lessons, questions } = lightgcnProtocol({ train, valid, test }, 1)
  const { earlier, later } = lessons.windows!
  expect(earlier.past).toBe(later.past)
  expect(earlier.past.items.ids).toHaveLength(4)
  const asked = [...earlier.questions, ...later.questions]
  expect(asked.map(({ history, wanted }) => [own(history).length, wanted.size]).sort()).toEqual([
    [1, 2],
    [2, 1],
  ])
  for (const { history, wanted, repeats } of asked) {
    expect(repeats).toBe("excluded")
    for (const id of wanted) expect(own(history)).not.toContain(id)
  }
  expect(lessons.past.histories.map((history) => own(history).length).sort()).toEqual([2, 3, 3])
  expect(questions.map(({ history, wanted }) => [own(history).length, wanted.size])).toEqual([[2, 1]])
})

test("of baskets, the last is asked of all before, and each earlier window ends right before the basket it asks for", () => {
  const customers = [
    [[0, 1], [0], [2], [0, 2]],
    [[3], [3, 1]],
  ]
  const { lessons, questions } = basketsProtocol(customers, 1)
  const { earlier, later } = lessons.windows!
  expect(questions.map(({ history, wanted }) => [history.orders, wanted.size]).sort()).toEqual([
    [1, 2],
    [3, 2],
  ])
  expect(later.questions.map(({ history, wanted }) => [history.orders, wanted.size])).toEqual([[2, 1]])
  expect(earlier.questions.map(({ history, wanted }) => [history.orders, wanted.size])).toEqual([[1, 1]])
  expect(sizes(lessons.past.items.ids)).toBe(4)
  const longest = questions.find(({ history }) => history.orders === 3)!.history
  expect(longest.lastOrderAt).toBe(lessons.past.untilMs - 14 * 86_400_000)
})

test("names and order belong to the seed", () => {
  const customers = Array.from({ length: 20 }, (_, n) => [[n, n + 1], [n + 2]])
  const idsBySeed = (seed: number) => basketsProtocol(customers, seed).questions.map(({ history }) => own(history))
  expect(idsBySeed(1)).toEqual(idsBySeed(1))
  expect(idsBySeed(1)).not.toEqual(idsBySeed(2))
})
