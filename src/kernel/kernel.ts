import { readFileSync } from "node:fs"
import { type Arena, createArena } from "./arena.ts"
import { type Address, createMemory } from "./memory.ts"

/** The compiled functions; matrices are row-major float32 with rows of `stride` floats, a multiple of four, padded with zeros. */
interface KernelFunctions {
  scores(matrix: Address, rows: number, stride: number, vector: Address, out: Address): void
  gatherScores(matrix: Address, indexes: Address, count: number, stride: number, vector: Address, out: Address): void
  /** The dot product of each row of `left` with each of `right`; rows of `out` are `outStride` floats apart. */
  products(
    left: Address,
    leftRows: number,
    right: Address,
    rightRows: number,
    stride: number,
    out: Address,
    outStride: number,
  ): void
  /** Adds to each of `sums` rows of `out` the rows of the matrix, weighted by its row of `weights`. */
  addWeightedSums(
    weights: Address,
    sums: number,
    weightStride: number,
    matrix: Address,
    rows: number,
    stride: number,
    out: Address,
  ): void
  /** Adds to a row the chosen rows of the matrix, each times its weight. */
  addGathered(indexes: Address, weights: Address, count: number, matrix: Address, stride: number, out: Address): void
  /** Rows of signed bytes, `byteStride` a multiple of 16, with a scale each: row ≈ scale · bytes. */
  quantizeRows(matrix: Address, rows: number, stride: number, bytes: Address, byteStride: number, scales: Address): void
  /** Writes 16-bit numbers, `byteStride` of them, and returns their scale. */
  quantizeVector(vector: Address, stride: number, out: Address, byteStride: number): number
  byteScores(
    bytes: Address,
    scales: Address,
    rows: number,
    byteStride: number,
    vector: Address,
    vectorScale: number,
    out: Address,
  ): void
  topK(scores: Address, rows: number, allowed: Address, k: number, outIndexes: Address, outScores: Address): number
  gram(matrix: Address, from: number, to: number, stride: number, out: Address): void
  cholesky(matrix: Address, inverse: Address, stride: number): void
  substitute(matrix: Address, inverse: Address, stride: number, x: Address): void
  normalEquations(
    from: number,
    to: number,
    indexes: Address,
    confidence: Address,
    fixed: Address,
    stride: number,
    base: Address,
    regularization: number,
    scratch: Address,
  ): void
  scratchBytes(stride: number): number
  /** Symmetric float64, size × size (even); row i of `vectors` belongs to `values[i]`; `reflectors` is as large, `work` 2 · size. */
  eigen(matrix: Address, size: number, values: Address, vectors: Address, reflectors: Address, work: Address): void
  rotationBytes(stride: number): number
  rotate(matrix: Address, from: number, to: number, stride: number, rotation: Address, scratch: Address): void
  workBytes(stride: number): number
  /** `confidence` 0: every entry counts 1. */
  solveRows(
    from: number,
    to: number,
    offsets: Address,
    indexes: Address,
    confidence: Address,
    fixed: Address,
    solved: Address,
    stride: number,
    diagonal: Address,
    regularization: Address,
    steps: number,
    scratch: Address,
  ): void
  rowsLoss(
    from: number,
    to: number,
    offsets: Address,
    indexes: Address,
    confidence: Address,
    fixed: Address,
    solved: Address,
    stride: number,
  ): number
  weightedNorms(from: number, to: number, matrix: Address, stride: number, weights: Address): number
}

/** Compiled functions over one linear memory; dropping the kernel frees it. */
export interface Kernel extends KernelFunctions {
  readonly memory: WebAssembly.Memory
  readonly arena: Arena
}

const sharedBinary = readFileSync(new URL("./kernel.wasm", import.meta.url))
const modules = new Map<boolean, WebAssembly.Module>()

/** The compiled code, for a memory that is shared or not; compiled when first needed. */
function moduleFor(shared: boolean): WebAssembly.Module {
  const compiled = modules.get(shared) ?? new WebAssembly.Module(shared ? sharedBinary : withoutSharing(sharedBinary))
  modules.set(shared, compiled)
  return compiled
}

/** The same code for a memory that is not shared: the two differ in one flag of the memory's import, and nothing in between. */
function withoutSharing(binary: Uint8Array): Uint8Array {
  const copy = Buffer.from(binary)
  const memoryImport = Buffer.from("\x03env\x06memory\x02")
  const flags = copy.indexOf(memoryImport) + memoryImport.length
  copy[flags] = 1
  return copy
}

/** The kernel over a memory of its own, or over a given one: shared by threads, or not. */
export function createKernel(memory: WebAssembly.Memory = createMemory()): Kernel {
  const module = moduleFor(memory.buffer instanceof SharedArrayBuffer)
  const { exports } = new WebAssembly.Instance(module, { env: { memory } })
  return { ...(exports as KernelFunctions), memory, arena: createArena(memory) }
}

/** Floats a row of `dimensions` takes: rounded up to a multiple of four. */
export const strideOf = (dimensions: number): number => (dimensions + 3) & ~3

/** Bytes a quantised row of `dimensions` takes: rounded up to a multiple of sixteen. */
export const byteStrideOf = (dimensions: number): number => (dimensions + 15) & ~15

/** Returns the addresses of the parts that `normalEquations` leaves in scratch: the matrix, room for 1 / diagonal, and the right side. */
export function solverParts(scratch: Address, stride: number): { matrix: Address; inverse: Address; right: Address } {
  const inverse = scratch + stride * stride * 4
  return { matrix: scratch, inverse, right: inverse + stride * 4 }
}
