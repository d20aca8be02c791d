import type { Kernel } from "../../src/kernel/kernel.ts"
import type { Address } from "../../src/kernel/memory.ts"
import { blockRows, gramSlices, type Layout, type Side } from "./layout.ts"

export type SideName = "customers" | "items"

/** One part of a sweep, done by all workers together. */
export type Task = { kind: "solve" | "gram"; side: SideName } | { kind: "rotate" } | { kind: "loss" }

/** Conjugate gradient steps that a long row gets in a sweep; it starts where the sweep before left it. */
const conjugateSteps = 3

const otherSide = { customers: "items", items: "customers" } as const

/** Claims blocks of the task until none is left; `scratch` belongs to the caller alone. */
export function runBlocks(kernel: Kernel, layout: Layout, scratch: Address, task: Task): void {
  const counter = kernel.arena.integers(layout.counter, 1)
  const blocks = blocksOf(layout, task)
  for (let block = nextBlock(counter); block < blocks; block = nextBlock(counter)) {
    runBlock(kernel, layout, scratch, task, block)
  }
}

const nextBlock = (counter: Int32Array): number => Atomics.add(counter, 0, 1)

const blocksOfRows = (rows: number): number => Math.ceil(rows / blockRows)

function blocksOf(layout: Layout, task: Task): number {
  if (task.kind === "gram") return gramSlices
  const { customers, items } = layout
  if (task.kind === "rotate") return blocksOfRows(customers.rows) + blocksOfRows(items.rows)
  return blocksOfRows(task.kind === "loss" ? customers.rows : layout[task.side].rows)
}

function runBlock(kernel: Kernel, layout: Layout, scratch: Address, task: Task, block: number): void {
  if (task.kind === "gram") sumSlice(kernel, layout, layout[task.side], block)
  else if (task.kind === "rotate") rotateBlock(kernel, layout, scratch, block)
  else if (task.kind === "solve") solveBlock(kernel, layout, scratch, task.side, block)
  else addLosses(kernel, layout, block)
}

function sumSlice(kernel: Kernel, { stride, grams }: Layout, { rows, factors }: Side, slice: number): void {
  const cells = stride * stride
  const out = grams + slice * cells * 8
  kernel.arena.doubles(out, cells).fill(0)
  const sliceRows = Math.ceil(rows / gramSlices)
  const from = Math.min(rows, slice * sliceRows)
  kernel.gram(factors, from, Math.min(rows, from + sliceRows), stride, out)
}

const rangeOf = (block: number, rows: number) => [block * blockRows, Math.min(rows, (block + 1) * blockRows)] as const

function rotateBlock(kernel: Kernel, { customers, items, stride, rotation }: Layout, scratch: Address, block: number) {
  const others = block - blocksOfRows(customers.rows)
  const side = others < 0 ? customers : items
  kernel.rotate(side.factors, ...rangeOf(others < 0 ? block : others, side.rows), stride, rotation, scratch)
}

function solveBlock(kernel: Kernel, layout: Layout, scratch: Address, name: SideName, block: number): void {
  const { stride, diagonal } = layout
  const { rows, offsets, indexes, confidence, factors, regularization } = layout[name]
  const fixed = layout[otherSide[name]].factors
  const given = [...rangeOf(block, rows), offsets, indexes, confidence] as const
  kernel.solveRows(...given, fixed, factors, stride, diagonal, regularization, conjugateSteps, scratch)
}

function addLosses(kernel: Kernel, { customers, items, losses, stride }: Layout, block: number): void {
  const { rows, offsets, indexes, confidence, factors, regularization } = customers
  const range = rangeOf(block, rows)
  const observed = kernel.rowsLoss(...range, offsets, indexes, confidence, items.factors, factors, stride)
  const norms = kernel.weightedNorms(...range, factors, stride, regularization)
  kernel.arena.doubles(losses + block * 8, 1)[0] = observed + norms
}
