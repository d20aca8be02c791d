import { expect, test } from "vitest"
import type { InteractionMatrix } from "../../models/data/interaction-matrix.ts"
import { alternate } from "../../models/preference/alternate.ts"
import { fitPreference } from "../../models/preference/fit.ts"
import { readFactors } from "../../models/preference/gram.ts"
import { completeLayout, layOut, matrixSize, takeLayout, writePart } from "../../models/preference/layout.ts"
import type { PreferenceParameters } from "../../models/preference/parameters.ts"
import { startWorkers } from "../../models/preference/workers.ts"
import { createRandom } from "../../models/random.ts"
import { createFactors, foldIn, rowRegularization, scoreAll, topItems } from "../../src/core/preference/factors.ts"
import { createKernel } from "../../src/kernel/kernel.ts"
import { createSharedMemory, maximumBytes } from "../../src/kernel/memory.ts"
import { dot, relativeError } from "../support/linear-algebra.ts"

type Entry = readonly [item: number, confidence: number]

function matrixOf(items: number, rows: readonly (readonly Entry[])[]): InteractionMatrix {
  const offsets = [0]
  for (const row of rows) offsets.push(offsets.at(-1)! + row.length)
  return {
    customers: rows.length,
    items,
    offsets: Int32Array.from(offsets),
    indexes: Int32Array.from(rows.flat(), ([item]) => item),
    confidence: Float32Array.from(rows.flat(), ([, confidence]) => confidence),
  }
}

const interactionsOf = ({ offsets, indexes, confidence }: InteractionMatrix, customer: number) => ({
  index: indexes.subarray(offsets[customer]!, offsets[customer + 1]!),
  confidence: confidence.subarray(offsets[customer]!, offsets[customer + 1]!),
})

const parameters: PreferenceParameters = {
  dimensions: 6,
  sweeps: 8,
  seed: 1,
  regularization: 0.01,
  unobservedWeight: 0.1,
  frequencyExponent: 1,
}

/** Weights of both sides, and the loss after every sweep. */
async function fitBothSides(data: InteractionMatrix, sweeps = parameters.sweeps) {
  const losses: number[] = []
  const kernel = createKernel(createSharedMemory())
  const layout = layOut(kernel, data, parameters, parameters.dimensions)
  const gram = await alternate(kernel, layout, { ...parameters, sweeps }, 2, ({ loss }) => losses.push(loss))
  const itemFactors = readFactors(kernel, layout, "items", parameters.dimensions)
  const customerFactors = readFactors(kernel, layout, "customers", parameters.dimensions)
  return { ...parameters, itemFactors, customerFactors, gram, losses }
}

const size = 50
const all = Array.from({ length: size }, (_, at) => at)
const checkerboard = matrixOf(
  size,
  all.map((customer) =>
    all.filter((item) => item !== customer && (customer + item) % 2 === 0).map((item): Entry => [item, 1]),
  ),
)

/** Each of 70 customers has up to 9 of 30 items; customer 3 has none, and nobody has item 7. */
function randomMatrix(): InteractionMatrix {
  const random = createRandom(5)
  const rows = Array.from({ length: 70 }, (_, customer) =>
    Array.from({ length: 30 }, (_, item): Entry => [item, 0.5 + 4 * random()]).filter(
      ([item]) => customer !== 3 && item !== 7 && random() < 0.15,
    ),
  )
  return matrixOf(30, rows)
}

test("on the checkerboard, every customer's withheld square is the top recommendation", async () => {
  const factors = createFactors(await fitPreference(checkerboard, parameters, { threads: 2 }))
  const tops = all.map((customer) => {
    const interactions = interactionsOf(checkerboard, customer)
    const allowed = new Uint8Array(size).fill(1)
    for (const item of interactions.index) allowed[item] = 0
    return topItems(factors, foldIn(factors, interactions), 1, allowed).index[0]
  })
  expect(tops).toEqual(all)
})

test("the same seed gives the same weights, on any number of threads, and another seed others", async () => {
  const random = createRandom(6)
  const rows = Array.from({ length: 3000 }, () =>
    Array.from({ length: 20 }, (_, band): Entry => [10 * band + Math.floor(10 * random()), 1]),
  )
  const data = matrixOf(200, rows)
  const large = { ...parameters, dimensions: 96, sweeps: 2 }
  const one = await fitPreference(data, large, { threads: 1 })
  expect(await fitPreference(data, large, { threads: 3 })).toEqual(one)
  expect((await fitPreference(data, { ...large, seed: 2 }, { threads: 2 })).itemFactors).not.toEqual(one.itemFactors)
})

test("the loss never rises, and is the implicit loss by its definition", async () => {
  const data = randomMatrix()
  const { losses, ...fit } = await fitBothSides(data)
  losses.forEach((loss, sweep) => {
    expect(loss).toBeLessThanOrEqual((losses[sweep - 1] ?? Infinity) * (1 + 1e-6))
  })
  const rowsOf = (factors: Float32Array) =>
    Array.from({ length: factors.length / 6 }, (_, row) => [...factors.subarray(row * 6, row * 6 + 6)])
  const customers = rowsOf(fit.customerFactors)
  const items = rowsOf(fit.itemFactors)
  const itemTotals = items.map(() => 0)
  let expected = 0
  customers.forEach((vector, customer) => {
    const { index, confidence } = interactionsOf(data, customer)
    index.forEach((item, entry) => {
      expected += confidence[entry]! * (1 - dot(vector, items[item]!)) ** 2
      itemTotals[item]! += confidence[entry]!
    })
    for (const item of items) expected += 0.1 * dot(vector, item) ** 2
    const total = confidence.reduce((sum, value) => sum + value, 0)
    expected += rowRegularization(parameters, total, 30) * dot(vector, vector)
  })
  items.forEach((vector, item) => {
    expected += rowRegularization(parameters, itemTotals[item]!, 70) * dot(vector, vector)
  })
  expect(losses).toHaveLength(8)
  expect(relativeError([losses.at(-1)!], [expected])).toBeLessThan(1e-5)
})

test("alternating until nothing changes, each side is the fold-in of the other; without entries both are zero", async () => {
  const data = randomMatrix()
  const fit = await fitBothSides(data, 60)
  const factors = createFactors(fit)
  for (let customer = 0; customer < data.customers; customer++) {
    const trained = fit.customerFactors.subarray(customer * 6, customer * 6 + 6)
    expect(relativeError(foldIn(factors, interactionsOf(data, customer)), trained)).toBeLessThan(2e-2)
  }
  expect([...fit.customerFactors.subarray(3 * 6, 4 * 6)]).toEqual([0, 0, 0, 0, 0, 0])
  expect([...fit.itemFactors.subarray(7 * 6, 8 * 6)]).toEqual([0, 0, 0, 0, 0, 0])
})

test("item factors are turned so that their Gram matrix is diagonal, and it is given as such", async () => {
  const { itemFactors, gram, dimensions } = await fitBothSides(randomMatrix(), 8)
  const largest = Math.max(...gram)
  for (let row = 0; row < dimensions; row++) {
    for (let column = 0; column < dimensions; column++) {
      let sum = 0
      for (let item = 0; item < 30; item++) {
        sum += itemFactors[item * dimensions + row]! * itemFactors[item * dimensions + column]!
      }
      expect(Math.abs(sum - gram[row * dimensions + column]!) / largest).toBeLessThan(1e-5)
      if (row !== column) expect(gram[row * dimensions + column]).toBe(0)
    }
  }
})

test("no customers, or nothing done, gives zero factors instead of an error", async () => {
  const empty = await fitPreference(matrixOf(4, []), parameters, { threads: 2 })
  const idle = await fitPreference(matrixOf(4, [[], []]), parameters, { threads: 2 })
  expect([...empty.itemFactors, ...idle.itemFactors]).toEqual(Array(2 * 4 * 6).fill(0))
})

test("a matrix that is not one is refused before anything starts", async () => {
  const fitting = (data: InteractionMatrix) => fitPreference(data, parameters, { threads: 1 })
  await expect(fitting(matrixOf(2, [[[2, 1]]]))).rejects.toThrow("item row 2 is outside 0 … 1")
  await expect(fitting(matrixOf(2, [[[1, Number.NaN]]]))).rejects.toThrow("confidence NaN is not a weight")
  await expect(fitting({ ...checkerboard, offsets: Int32Array.of(0, 3) })).rejects.toThrow("do not describe one matrix")
  const without = { ...parameters, regularization: 0 }
  await expect(fitPreference(checkerboard, without, { threads: 1 })).rejects.toThrow("regularization must be above 0")
  await expect(fitPreference(checkerboard, parameters, { threads: 0 })).rejects.toThrow(
    "threads must be a whole number",
  )
})

test("an error on the way stops the workers and reaches the caller", async () => {
  const stop = () => {
    throw new Error("enough")
  }
  await expect(fitPreference(checkerboard, parameters, { threads: 2, onSweep: stop })).rejects.toThrow("enough")
})

test("a worker that fails rejects the task", async () => {
  const kernel = createKernel(createSharedMemory())
  const layout = layOut(kernel, checkerboard, parameters, parameters.dimensions)
  const beyond = { ...layout, items: { ...layout.items, factors: maximumBytes - 16 } }
  const workers = startWorkers(kernel, beyond, 2)
  await expect(workers.run({ kind: "solve", side: "items" })).rejects.toThrow("out of bounds")
  await workers.stop()
})

/** Finite weights of a few items out of many. */
const fitted = (rows: readonly (readonly Entry[])[], items: number) =>
  fitPreference(matrixOf(items, rows), { ...parameters, dimensions: 8 }, { threads: 2 })

test("entries that all count 1 give what entries of their own confidence 1 give", async () => {
  const kernels = [true, false].map((weighted) => {
    const kernel = createKernel(createSharedMemory())
    const data = randomMatrix()
    const ones = { ...data, confidence: data.confidence.map(() => 1) }
    const size = { ...matrixSize(ones), weighted }
    const layout = takeLayout(kernel, size, 6)
    writePart(kernel, layout, 0, ones.indexes, ones.confidence)
    completeLayout(kernel, layout, ones.offsets, parameters)
    return { kernel, layout }
  })
  const [own, uniform] = await Promise.all(
    kernels.map(async ({ kernel, layout }) => {
      await alternate(kernel, layout, parameters, 1)
      return readFactors(kernel, layout, "items", 6)
    }),
  )
  expect(uniform).toEqual(own)
})

test("one customer with everything, an item of everybody and no skew: the others' tastes stay two", async () => {
  const others = all.map((customer) =>
    all.filter((item) => item % 2 === customer % 2 || item === 0).map((item): Entry => [item, 1]),
  )
  const whale = Array.from({ length: 20_000 }, (_, item): Entry => [item, 1000])
  const weights = await fitted([...others, whale], 20_000)
  expect(weights.itemFactors.every(Number.isFinite)).toBe(true)
  const factors = createFactors(weights)
  const even = foldIn(factors, { index: Int32Array.of(2, 4, 6), confidence: Float32Array.of(1, 1, 1) })
  const scores = new Float32Array(20_000)
  scoreAll(factors, even, scores)
  expect(scores[8]!).toBeGreaterThan(scores[9]!)
})

test("a customer with a million events and a confidence of every size stay finite", async () => {
  const random = createRandom(7)
  const few = Array.from({ length: 200 }, (): Entry[] => [[Math.floor(random() * 100), 10 ** (12 * random() - 6)]])
  const million = Array.from({ length: 1_000_000 }, (_, entry): Entry => [entry % 100, 1])
  const { itemFactors, gram } = await fitted([...few, million], 100)
  expect(itemFactors.every(Number.isFinite) && gram.every(Number.isFinite)).toBe(true)
})

test("an entry given twice counts as one of the summed confidence", async () => {
  const once = await fitted(
    all.map((customer): Entry[] => [
      [customer, 2],
      [(customer * 7 + 1) % size, 3],
    ]),
    size,
  )
  const twice = await fitted(
    all.map((customer): Entry[] => [
      [customer, 1],
      [customer, 1],
      [(customer * 7 + 1) % size, 3],
    ]),
    size,
  )
  expect(relativeError(twice.itemFactors.map(Math.abs), once.itemFactors.map(Math.abs), 1)).toBeLessThan(1e-2)
})

test("a matrix of one direction, whatever its size, is learnt in finite numbers and scored as observed", async () => {
  const everybodyHas = (customers: number, items: number) =>
    matrixOf(
      items,
      Array.from({ length: customers }, () => Array.from({ length: items }, (_, item): Entry => [item, 1])),
    )
  for (const [customers, items] of [
    [1, 1],
    [16, 1],
    [60, 1],
    [60, 2],
    [1, 40],
    [2, 17],
  ] as const) {
    for (const change of [{}, { unobservedWeight: 0.003 }, { regularization: 0.0003, sweeps: 12 }]) {
      const data = everybodyHas(customers, items)
      const options = { ...parameters, dimensions: 64, regularization: 0.003, unobservedWeight: 0.3, ...change }
      const weights = await fitPreference(data, options, { threads: 1 })
      expect([...weights.itemFactors, ...weights.gram].every(Number.isFinite)).toBe(true)
      const factors = createFactors(weights)
      const scores = new Float32Array(items)
      scoreAll(factors, foldIn(factors, interactionsOf(data, 0)), scores)
      expect(scores.every((score) => score > 0.5 && score < 1)).toBe(true)
    }
  }
})

test("a fit takes the memory its card states", () => {
  const { arena, workBytes, ...kernel } = createKernel()
  const size = { customers: 6400, items: 900, entries: 20_000, weighted: true }
  const [d, threads] = [64, 2]
  const before = arena.mark()
  takeLayout({ ...kernel, arena, workBytes }, size, d)
  for (let thread = 0; thread < threads; thread++) arena.take(workBytes(d))
  const rows = size.customers + size.items
  const stated = 16 * size.entries + (4 * d + 8) * rows + size.customers / 8 + 132 * d ** 2 + 4 * d + threads * 256 * d
  expect(Math.abs(arena.mark() - before - stated)).toBeLessThan(20 * 16)
})
