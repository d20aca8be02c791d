import type { Kernel } from "../../src/kernel/kernel.ts"
import type { Address } from "../../src/kernel/memory.ts"
import { blockRows, gramSlices, type Layout, type Side } from "./layout.ts"

export type SideName = "customers" | "items"

/** One part of a sweep, done by all workers together. */
export type Task = { kind: "solve" | "rotate" | "gram"; side: SideName } | { kind: "loss" }

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

function blocksOf(layout: Layout, task: Task): number {
  if (task.kind === "gram") return gramSlices
  return Math.ceil((task.kind === "loss" ? layout.customers : layout[task.side]).rows / blockRows)
}

function runBlock(kernel: Kernel, layout: Layout, scratch: Address, task: Task, block: number): void {
  const { stride, diagonal, rotation } = layout
  const side: Side = task.kind === "loss" ? layout.customers : layout[task.side]
  if (task.kind === "gram") {
    const sliceRows = Math.ceil(side.rows / gramSlices)
    const cells = stride * stride
    const out = layout.grams + block * cells * 8
    kernel.arena.doubles(out, cells).fill(0)
    const from = Math.min(side.rows, block * sliceRows)
    kernel.gram(side.factors, from, Math.min(side.rows, from + sliceRows), stride, out)
    return
  }
  const from = block * blockRows
  const to = Math.min(side.rows, from + blockRows)
  const { offsets, indexes, confidence, factors, regularization } = side
  if (task.kind === "rotate") {
    kernel.rotate(factors, from, to, stride, rotation, scratch)
    return
  }
  if (task.kind === "solve") {
    const fixed = layout[otherSide[task.side]].factors
    const entries = [offsets, indexes, confidence] as const
    kernel.solveRows(from, to, ...entries, fixed, factors, stride, diagonal, regularization, conjugateSteps, scratch)
    return
  }
  const fixed = layout.items.factors
  const observed = kernel.rowsLoss(from, to, offsets, indexes, confidence, fixed, factors, stride)
  const norms = kernel.weightedNorms(from, to, factors, stride, regularization)
  kernel.arena.doubles(layout.losses + block * 8, 1)[0] = observed + norms
}
