import { expect, test } from "vitest"
import { stableIds } from "../../../../src/core/identity/resolve/stable-ids.ts"

const before = new Map([
  ["crm 1", "anna"],
  ["web 1", "anna"],
  ["card 1", "anna"],
  ["crm 2", "ben"],
])
const newId = (key: string) => `new ${key}`

test("a run that finds the same people gives them the same ids", () => {
  expect(stableIds([["crm 2"], ["web 1", "crm 1", "card 1"]], before, newId)).toEqual({
    ids: ["ben", "anna"],
    forwards: [],
  })
})

test("two people in one keep the id of most records, and the other id forwards", () => {
  expect(stableIds([["crm 1", "web 1", "card 1", "crm 2"]], before, newId)).toEqual({
    ids: ["anna"],
    forwards: [{ from: "ben", into: "anna" }],
  })
})

test("one person in two leaves the id with the larger part, and the smaller part is new", () => {
  expect(stableIds([["card 1"], ["crm 1", "web 1"], ["crm 2"]], before, newId).ids).toEqual([
    "new card 1",
    "anna",
    "ben",
  ])
})

test("records never seen before are new people", () => {
  expect(stableIds([["web 9", "store 4"]], before, newId)).toEqual({ ids: ["new store 4"], forwards: [] })
})
