import { expect, test } from "vitest"
import { pairFigures } from "../../models/bench/identity/pair-figures.ts"
import { fitIdentity } from "../../models/identity/fit-identity.ts"
import { createRandom, shuffled } from "../../models/random.ts"
import { makeDirtyRecords } from "../../models/simulate/dirty-records.ts"
import { drawDirtyWorld } from "../../models/simulate/dirty-world.ts"
import { openModel } from "../../src/core/identity/resolve/open-model.ts"
import { resolveRecords } from "../../src/core/identity/resolve/resolve-records.ts"

const { records, personOf } = makeDirtyRecords(drawDirtyWorld("easy", 1500, 7), 7)
const fitted = fitIdentity(records)

/** Names each record's cluster by its first record, so that partitions compare. */
function named(clusterOf: Int32Array, ids: readonly string[]): Map<string, string> {
  const first = new Map<number, string>()
  ids.forEach((id, n) => {
    const held = first.get(clusterOf[n]!)
    if (held === undefined || id < held) first.set(clusterOf[n]!, id)
  })
  return new Map(ids.map((id, n) => [id, first.get(clusterOf[n]!)!]).sort() as [string, string][])
}
const idsOf = (of: typeof records) => of.map(({ source, id }) => `${source} ${id}`)

test("people of an easy world are found without labels", () => {
  const { precision, recall } = pairFigures(fitted.clusterOf, [...personOf])
  expect(precision).toBeGreaterThan(0.97)
  expect(recall).toBeGreaterThan(0.9)
})

test("the same records in another order give the same model and the same people", () => {
  const other = [...shuffled(records.length, createRandom(3))].map((n) => records[n]!)
  const again = fitIdentity(other)
  expect(again.model).toEqual(fitted.model)
  expect(named(again.clusterOf, idsOf(other))).toEqual(named(fitted.clusterOf, idsOf(records)))
})

test("a model read from its text joins the same records as the run that learnt it", () => {
  const model = openModel(JSON.parse(JSON.stringify(fitted.model)))
  const { clusterOf } = resolveRecords(records, model)
  expect(named(clusterOf, idsOf(records))).toEqual(named(fitted.clusterOf, idsOf(records)))
})

test("two records that somebody told apart stay apart, though all else joins them", () => {
  const model = openModel(fitted.model)
  const { clusterOf, edges } = resolveRecords(records, model)
  const { a, b } = edges.find((edge) => clusterOf[edge.a] === clusterOf[edge.b])!
  const apart = resolveRecords(records, model, { mustDiffer: (i, j) => (i === a && j === b) || (i === b && j === a) })
  expect(apart.clusterOf[a]).not.toBe(apart.clusterOf[b])
})
