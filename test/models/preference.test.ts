import { expect, test } from "vitest"
import { alternate } from "../../models/preference/alternate.ts"
import { fitPreference } from "../../models/preference/fit.ts"
import { copyFactors } from "../../models/preference/gram.ts"
import { layOut } from "../../models/preference/layout.ts"
import type { PreferenceParameters } from "../../models/preference/parameters.ts"
import { startWorkers } from "../../models/preference/workers.ts"
import { createRandom } from "../../models/random.ts"
import type { InteractionMatrix } from "../../models/train/interaction-matrix.ts"
import { createFactors, foldIn, rowRegularization, topItems } from "../../src/core/preference/factors.ts"
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
  const itemFactors = copyFactors(kernel, layout, "items", parameters.dimensions)
  const customerFactors = copyFactors(kernel, layout, "customers", parameters.dimensions)
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
