import { expect, test } from "vitest"
import { basketsProtocol } from "../../../models/bench/quality/baskets.ts"
import { lightgcnProtocol } from "../../../models/bench/quality/lightgcn.ts"

const sizes = (ids: Iterable<string>) => [...ids].length
const own = (history: { items: object }) => Object.keys(history.items)

test("of sets, valid is predicted from train by two halves of users, and test from both together", () => {
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
  const { training, queries } = lightgcnProtocol({ train, valid, test }, 1)
  const { earlier, later } = training.windows!
  expect(earlier.past).toBe(later.past)
  expect(earlier.past.items.ids).toHaveLength(4)
  const validation = [...earlier.queries, ...later.queries]
  expect(validation.map(({ history, relevant }) => [own(history).length, relevant.size]).sort()).toEqual([
    [1, 2],
    [2, 1],
  ])
  for (const { history, relevant, repeats } of validation) {
    expect(repeats).toBe("excluded")
    for (const id of relevant) expect(own(history)).not.toContain(id)
  }
  expect(training.past.histories.map((history) => own(history).length).sort()).toEqual([2, 3, 3])
  expect(queries.map(({ history, relevant }) => [own(history).length, relevant.size])).toEqual([[2, 1]])
})

test("of baskets, the last is predicted from all before, and each earlier window ends right before its basket", () => {
  const customers = [
    [[0, 1], [0], [2], [0, 2]],
    [[3], [3, 1]],
  ]
  const { training, queries } = basketsProtocol(customers, 1)
  const { earlier, later } = training.windows!
  expect(queries.map(({ history, relevant }) => [history.orders, relevant.size]).sort()).toEqual([
    [1, 2],
    [3, 2],
  ])
  expect(later.queries.map(({ history, relevant }) => [history.orders, relevant.size])).toEqual([[2, 1]])
  expect(earlier.queries.map(({ history, relevant }) => [history.orders, relevant.size])).toEqual([[1, 1]])
  expect(sizes(training.past.items.ids)).toBe(4)
  const longest = queries.find(({ history }) => history.orders === 3)!.history
  expect(longest.lastOrderAt).toBe(training.past.untilMs - 14 * 86_400_000)
})

test("names and order belong to the seed", () => {
  const customers = Array.from({ length: 20 }, (_, n) => [[n, n + 1], [n + 2]])
  const idsBySeed = (seed: number) => basketsProtocol(customers, seed).queries.map(({ history }) => own(history))
  expect(idsBySeed(1)).toEqual(idsBySeed(1))
  expect(idsBySeed(1)).not.toEqual(idsBySeed(2))
})
