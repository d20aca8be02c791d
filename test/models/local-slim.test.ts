import { expect, test } from "vitest"
import type { InteractionMatrix } from "../../models/data/interaction-matrix.ts"
import { fitLocalSlim } from "../../models/neighbors/fit-local-slim.ts"
import { layOutRegressions } from "../../models/neighbors/local-regressions.ts"
import type { LocalSlimParameters } from "../../models/neighbors/slim-parameters.ts"
import { solveRegressions } from "../../models/neighbors/solve-regressions.ts"
import { below, createRandom } from "../../models/random.ts"
import type { Graph } from "../../src/core/preference/neighbors.ts"
import { solve } from "../support/linear-algebra.ts"

const parameters: LocalSlimParameters = {
  customerExponent: 0.4,
  support: 100,
  supportExponent: 0.1,
  regularization: 2,
  regularizationExponent: 0.5,
}

function randomMatrix(customers: number, items: number, seed: number): InteractionMatrix {
  const random = createRandom(seed)
  const rows = Array.from({ length: customers }, () =>
    [...new Set(Array.from({ length: 1 + below(random, 8) }, () => below(random, 1 + below(random, items))))].sort(
      (a, b) => a - b,
    ),
  )
  const offsets = Int32Array.from([0, ...rows.map((_, n) => rows.slice(0, n + 1).flat().length)])
  const indexes = Int32Array.from(rows.flat())
  return { customers, items, offsets, indexes, confidence: Float32Array.from(indexes, () => 0.5 + random()) }
}

/** Column `target` of ridge regression on `sources`, from the definition. */
function regression(data: InteractionMatrix, target: number, sources: readonly number[], own: readonly number[]) {
  const gram = denseGram(data)
  const scale =
    parameters.regularization *
    (own.filter((w) => w > 0).reduce((sum, w) => sum + w ** (1 - parameters.regularizationExponent), 0) /
      own.filter((w) => w > 0).length)
  const matrix = sources.map((a, row) =>
    sources.map((b, column) => gram[a]![b]! + (row === column ? scale * own[a]! ** 0.5 : 0)),
  )
  return solve(
    matrix,
    sources.map((source) => gram[source]![target]!),
  )
}

function denseGram({ customers, items, offsets, indexes, confidence }: InteractionMatrix): number[][] {
  const gram = Array.from({ length: items }, () => Array.from({ length: items }, () => 0))
  for (let u = 0; u < customers; u++) {
    const share = (offsets[u + 1]! - offsets[u]!) ** -parameters.customerExponent
    for (let a = offsets[u]!; a < offsets[u + 1]!; a++) {
      for (let b = offsets[u]!; b < offsets[u + 1]!; b++) {
        gram[indexes[a]!]![indexes[b]!]! += share * confidence[a]! * confidence[b]!
      }
    }
  }
  return gram
}

const weight = ({ offsets, targets, weights }: Graph, from: number, to: number): number => {
  const at = targets.subarray(offsets[from]!, offsets[from + 1]!).indexOf(to)
  return at < 0 ? 0 : weights[offsets[from]! + at]!
}

test("with room for all, each item's edges are the positive weights of ridge regression on all items it was had with", async () => {
  const data = randomMatrix(120, 30, 1)
  const gram = denseGram(data)
  const own = gram.map((row, item) => row[item]!)
  const graph = await fitLocalSlim(data, parameters, { threads: 1 })
  for (let target = 0; target < data.items; target++) {
    const sources = own.map((_, item) => item).filter((item) => item !== target && gram[item]![target]! > 0)
    const expected = regression(data, target, sources, own)
    sources.forEach((source, n) => {
      expect(weight(graph, source, target)).toBeCloseTo(Math.max(0, expected[n]!), 4)
    })
  }
})

test("with less room, the regression is on the items of largest pair weight over their popularity's power", async () => {
  const data = randomMatrix(120, 30, 2)
  const gram = denseGram(data)
  const own = gram.map((row, item) => row[item]!)
  const popularity = own.map((_, item) =>
    data.confidence.reduce((sum, c, e) => sum + (data.indexes[e] === item ? c : 0), 0),
  )
  const graph = await fitLocalSlim(data, { ...parameters, support: 4 }, { threads: 1 })
  for (let target = 0; target < data.items; target++) {
    const liking = (item: number) => gram[item]![target]! * popularity[item]! ** -parameters.supportExponent
    const sources = own
      .map((_, item) => item)
      .filter((item) => item !== target && gram[item]![target]! > 0)
      .sort((a, b) => liking(b) - liking(a))
      .slice(0, 4)
    const expected = regression(data, target, sources, own)
    for (let source = 0; source < data.items; source++) {
      const n = sources.indexOf(source)
      expect(weight(graph, source, target)).toBeCloseTo(n < 0 ? 0 : Math.max(0, expected[n]!), 4)
    }
  }
})

test("how many items are taken as popular changes only the work", () => {
  const data = randomMatrix(200, 60, 6)
  const solved = (popular: number) => {
    const work = layOutRegressions(data, { ...parameters, support: 20 }, popular)
    solveRegressions(work)
    return work
  }
  const [none, some, all] = [solved(0), solved(9), solved(60)]
  for (const { sources, solution } of [some, all]) {
    expect(sources).toEqual(none.sources)
    solution.forEach((value, n) => {
      expect(value).toBeCloseTo(none.solution[n]!, 5)
    })
  }
})

test("the number of threads changes nothing", async () => {
  const data = randomMatrix(400, 1300, 3)
  const alone = await fitLocalSlim(data, { ...parameters, support: 150 }, { threads: 1 })
  expect(await fitLocalSlim(data, { ...parameters, support: 150 }, { threads: 2 })).toEqual(alone)
})

test("weights mean the same whatever unit confidence is in", async () => {
  const data = randomMatrix(100, 20, 4)
  const once = await fitLocalSlim(data, parameters, { threads: 1 })
  const fourfold = { ...data, confidence: data.confidence.map((c) => 4 * c) }
  const again = await fitLocalSlim(fourfold, parameters, { threads: 1 })
  expect(again.targets).toEqual(once.targets)
  again.weights.forEach((value, n) => {
    expect(value).toBeCloseTo(once.weights[n]!, 4)
  })
})

test("items that nobody had have no edges, and one item alone is explained by nothing", async () => {
  const lonely: InteractionMatrix = {
    customers: 2,
    items: 3,
    offsets: Int32Array.of(0, 1, 1),
    indexes: Int32Array.of(1),
    confidence: Float32Array.of(1),
  }
  const graph = await fitLocalSlim(lonely, parameters, { threads: 2 })
  expect(graph.targets).toHaveLength(0)
  expect([...graph.offsets]).toEqual([0, 0, 0, 0])
})

test("a matrix whose rows point outside the items is refused", async () => {
  const data = randomMatrix(10, 5, 5)
  await expect(fitLocalSlim({ ...data, items: 2 }, parameters, { threads: 1 })).rejects.toThrow(RangeError)
})
