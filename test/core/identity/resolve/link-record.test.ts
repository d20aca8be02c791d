import { expect, test } from "vitest"
import type { IdentityModel } from "../../../../src/core/identity/resolve/identity-model.ts"
import { linkRecord } from "../../../../src/core/identity/resolve/link-record.ts"
import type { OpenModel } from "../../../../src/core/identity/resolve/open-model.ts"
import type { PreparedRecord } from "../../../../src/core/identity/resolve/prepared-record.ts"

const record = (id: string) => ({
  id,
  prepared: { values: [[id.charCodeAt(0)]] } as unknown as PreparedRecord,
})
const nameOf = ({ values }: PreparedRecord) => String.fromCharCode(values[0]![0]!)

/** A model that scores pairs as given, and all others −8. */
function scoring(scores: Readonly<Record<string, number>>): OpenModel {
  const model = {
    thresholds: { join: 0, automatic: 3 },
    weights: { comparisons: [], matchShare: 0.2, relatedShare: 1e-9 },
  } as unknown as IdentityModel
  const score = (a: PreparedRecord, b: PreparedRecord) => scores[[nameOf(a), nameOf(b)].sort().join("")] ?? -8
  return { model, score } as unknown as OpenModel
}
const sorted = (people: readonly (readonly string[])[]) => people.map((ids) => [...ids].sort().join("")).sort()

test("a record that resembles nobody is a person of its own, and nobody changes", () => {
  const { people, score } = linkRecord(record("n"), [[record("a"), record("b")]], scoring({ ab: 5 }))
  expect(people).toEqual([["n"]])
  expect(score).toBe(Number.NEGATIVE_INFINITY)
})

test("a record joins the person whom it resembles, and its score is the mean over their records", () => {
  const opened = scoring({ ab: 8, an: 9, bn: 5, cn: -2 })
  const { people, score } = linkRecord(record("n"), [[record("a"), record("b")], [record("c")]], opened)
  expect(sorted(people)).toEqual(["abn"])
  expect(score).toBe((9 + 5) / 2)
})

test("a record that resembles two people alike makes them one", () => {
  const opened = scoring({ an: 9, bn: 9, ab: 6 })
  expect(sorted(linkRecord(record("n"), [[record("a")], [record("b")]], opened).people)).toEqual(["abn"])
})

test("a record that shows two records to be of two people takes its own out", () => {
  const opened = scoring({ ab: 1, bn: 10, an: -8 })
  expect(sorted(linkRecord(record("n"), [[record("a"), record("b")]], opened).people)).toEqual(["a", "bn"])
})

test("what somebody said are two people stays two, whatever the score", () => {
  const opened = scoring({ an: 11 })
  const mustDiffer = (a: string, b: string) => [a, b].sort().join("") === "an"
  expect(sorted(linkRecord(record("n"), [[record("a")]], opened, { mustDiffer }).people)).toEqual(["a", "n"])
})

test("a stricter threshold joins fewer", () => {
  const opened = scoring({ an: 2 })
  expect(sorted(linkRecord(record("n"), [[record("a")]], opened).people)).toEqual(["an"])
  expect(sorted(linkRecord(record("n"), [[record("a")]], opened, { threshold: 3 }).people)).toEqual(["n"])
})
