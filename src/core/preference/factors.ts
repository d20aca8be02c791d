import { byteStrideOf, createKernel, type Kernel, solverParts, strideOf } from "../../kernel/kernel.ts"
import type { Address } from "../../kernel/memory.ts"
import { type ArtifactContent, metadataNumber, tensorValues } from "../artifact/artifact.ts"
import { ApiError } from "../problem/problem.ts"
import { type WoodburySystem, woodburyContributions, woodburyFoldIn } from "./woodbury-fold-in.ts"

/** The loss of implicit ALS: Σ observed c (1 − s)² + α₀ Σ all s² + λ Σ row (Σ c + α₀ · others)^ν ‖row‖² (Rendle et al. 2021). */
export interface PreferenceLoss {
  /** λ */
  readonly regularization: number
  /** α₀: the weight of every pair, observed or not. */
  readonly unobservedWeight: number
  /** ν: 1 scales the regularisation with a row's weight, 0 treats all rows alike. */
  readonly frequencyExponent: number
}

/** The result of a fit: item factors, items × dimensions, and their Gram matrix, dimensions × dimensions. */
export interface PreferenceWeights extends PreferenceLoss {
  readonly dimensions: number
  readonly itemFactors: Float32Array
  readonly gram: Float64Array
}

/** A customer's weighted items: `index` are item rows, `confidence` their positive weights. */
export interface Interactions {
  readonly index: Int32Array
  readonly confidence: Float32Array
}

/** Item factors in a kernel of their own, ready to fold customers in and to score. */
export interface Factors extends PreferenceLoss {
  readonly items: number
  readonly dimensions: number
  readonly stride: number
  readonly gram: Float64Array
  readonly kernel: Kernel
  /** items × stride, float32. */
  readonly rows: Address
  /** α₀ · Gram, stride × stride, float32. */
  readonly base: Address
  readonly scratch: Address
  /** Gram's diagonal, if the rest is 0, as a fit leaves it. */
  readonly diagonal?: Float64Array
  /** The rows a second time, in a quarter of the memory, for a first look at very many items. */
  readonly coarse?: CoarseRows
}

/** Rows as signed bytes, items × `byteStride`, and a float32 scale each. */
interface CoarseRows {
  readonly bytes: Address
  readonly scales: Address
  readonly byteStride: number
}

export interface ScoredItems {
  readonly index: Int32Array
  readonly score: Float32Array
}

/** λ (Σ c + α₀ · others)^ν: the regularisation of a row of that total confidence, where the other side has `others` rows. */
export const rowRegularization = (loss: PreferenceLoss, totalConfidence: number, others: number): number =>
  loss.regularization * (totalConfidence + loss.unobservedWeight * others) ** loss.frequencyExponent

/** From here on the factors no longer fit a processor's cache, and a first look at bytes is several times as fast. */
const coarseFrom = 200_000

/**
 * Loads weights into a new kernel; without a Gram matrix it is computed from the factors. `coarseAt` is the number of items from which
 * the best are sought among bytes first.
 */
export function createFactors(
  weights: Omit<PreferenceWeights, "gram"> & { readonly gram?: Float64Array },
  coarseAt = coarseFrom,
): Factors {
  const { dimensions, itemFactors, regularization, unobservedWeight, frequencyExponent } = weights
  const items = itemFactors.length / dimensions
  const stride = strideOf(dimensions)
  const kernel = createKernel()
  const { arena } = kernel
  const rows = arena.take(items * stride * 4)
  const base = arena.take(stride * stride * 4)
  const scratch = arena.take(kernel.scratchBytes(stride))
  writeRows(arena.floats(rows, items * stride), itemFactors, items, dimensions, stride)
  const gram = weights.gram ?? gramOf(kernel, rows, items, dimensions)
  const weightedGram = gram.map((value) => value * unobservedWeight)
  writeRows(arena.floats(base, stride * stride), weightedGram, dimensions, dimensions, stride)
  const loss = { regularization, unobservedWeight, frequencyExponent }
  const diagonal = diagonalOf(gram, dimensions)
  const factors = {
    ...{ ...loss, items, dimensions, stride, gram, kernel, rows, base, scratch },
    ...(diagonal && { diagonal }),
  }
  return items < coarseAt ? factors : { ...factors, coarse: quantize(factors) }
}

function quantize({ kernel, rows, items, stride }: Factors): CoarseRows {
  const byteStride = byteStrideOf(stride)
  const [bytes, scales] = [kernel.arena.take(items * byteStride), kernel.arena.take(items * 4)]
  kernel.quantizeRows(rows, items, stride, bytes, byteStride, scales)
  return { bytes, scales, byteStride }
}

function gramOf(kernel: Kernel, rows: Address, items: number, dimensions: number): Float64Array {
  const stride = strideOf(dimensions)
  const mark = kernel.arena.mark()
  const sums = kernel.arena.take(stride * stride * 8)
  const upper = kernel.arena.doubles(sums, stride * stride).fill(0)
  kernel.gram(rows, 0, items, stride, sums)
  const gram = new Float64Array(dimensions * dimensions)
  for (let row = 0; row < dimensions; row++) {
    for (let column = row; column < dimensions; column++) {
      const sum = upper[row * stride + column]!
      gram[row * dimensions + column] = sum
      gram[column * dimensions + row] = sum
    }
  }
  kernel.arena.release(mark)
  return gram
}

/** The diagonal of a matrix that is 0 elsewhere. */
function diagonalOf(matrix: Float64Array, size: number): Float64Array | undefined {
  const isDiagonal = matrix.every((value, cell) => value === 0 || cell % (size + 1) === 0)
  return isDiagonal ? Float64Array.from({ length: size }, (_, k) => matrix[k * (size + 1)]!) : undefined
}

function writeRows(target: Float32Array, source: ArrayLike<number>, rows: number, columns: number, stride: number) {
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      target[row * stride + column] = source[row * columns + column]!
    }
  }
}

/** The customer's vector that minimises the implicit loss against fixed item factors (Hu, Koren and Volinsky 2008); zero without interactions. */
export function foldIn(factors: Factors, interactions: Interactions): Float32Array {
  if (interactions.index.length === 0) return new Float32Array(factors.dimensions)
  const few = woodburySystem(factors, interactions)
  if (few) return woodburyFoldIn(few)
  const { kernel, stride, dimensions } = factors
  const { matrix, inverse, right } = factorNormalEquations(factors, interactions)
  kernel.substitute(matrix, inverse, stride, right)
  return kernel.arena.floats(right, dimensions).slice()
}

/** The customer's system where it is smaller by interactions than by dimensions. */
function woodburySystem(factors: Factors, { index, confidence }: Interactions): WoodburySystem | undefined {
  const { kernel, stride, rows: itemRows, items, diagonal: gram, dimensions } = factors
  if (!gram || 2 * index.length > dimensions) return undefined
  requireItems(index, items)
  const total = confidence.reduce((sum, weight) => sum + weight, 0)
  const regularization = rowRegularization(factors, total, items)
  const diagonal = gram.map((value) => factors.unobservedWeight * value + regularization)
  return { kernel, itemRows, stride, diagonal, index, confidence }
}

function requireItems(index: Int32Array, items: number): void {
  const outside = index.find((row) => !(row >= 0 && row < items))
  if (outside !== undefined) throw new RangeError(`item row ${outside} is outside 0 … ${items - 1}`)
}

/** Leaves the Cholesky factor and the right side of a customer's normal equations in scratch. */
function factorNormalEquations(factors: Factors, { index, confidence }: Interactions) {
  const { kernel, stride, rows, base, scratch, items } = factors
  const { arena } = kernel
  requireItems(index, items)
  const mark = arena.mark()
  const indexAt = arena.take(index.length * 4)
  const confidenceAt = arena.take(index.length * 4)
  arena.integers(indexAt, index.length).set(index)
  arena.floats(confidenceAt, index.length).set(confidence)
  const total = confidence.reduce((sum, weight) => sum + weight, 0)
  const regularization = rowRegularization(factors, total, items)
  kernel.normalEquations(0, index.length, indexAt, confidenceAt, rows, stride, base, regularization, scratch)
  const parts = solverParts(scratch, stride)
  kernel.cholesky(parts.matrix, parts.inverse, stride)
  arena.release(mark)
  return parts
}

/** Writes every item's score, the dot product with `vector`, into `out` (one float an item). */
export function scoreAll(factors: Factors, vector: Float32Array, out: Float32Array): void {
  const { kernel, items } = factors
  const mark = kernel.arena.mark()
  out.set(kernel.arena.floats(score(factors, putVector(factors, vector)), items))
  kernel.arena.release(mark)
}

/**
 * The `limit` best items by score, best first, equal ones by row; `allowed` has a byte an item, 0 where it is out. Of very many items,
 * several times as many are found by bytes first and ranked by their exact scores: recall at 20 is above 0.99.
 */
export function topItems(factors: Factors, vector: Float32Array, limit: number, allowed?: Uint8Array): ScoredItems {
  const { kernel, items, coarse } = factors
  const { arena } = kernel
  const mark = arena.mark()
  const at = putVector(factors, vector)
  const allowedAt = allowed ? arena.take(items) : 0
  if (allowed) arena.bytes(allowedAt, items).set(allowed)
  const top = coarse
    ? exactly(factors, at, coarseTop(factors, coarse, at, 4 * limit + 100, allowedAt), limit)
    : topOf(kernel, score(factors, at), items, limit, allowedAt)
  arena.release(mark)
  return top
}

function topOf(kernel: Kernel, scores: Address, count: number, limit: number, allowed: Address): ScoredItems {
  const { arena } = kernel
  const slots = Math.min(limit, count)
  const [index, best] = [arena.take(slots * 4), arena.take(slots * 4)]
  const found = kernel.topK(scores, count, allowed, slots, index, best)
  return { index: arena.integers(index, found).slice(), score: arena.floats(best, found).slice() }
}

/** Rows of about the highest scores, ascending. */
function coarseTop(
  { kernel, items, stride }: Factors,
  { bytes, scales, byteStride }: CoarseRows,
  vector: Address,
  limit: number,
  allowed: Address,
): Int32Array {
  const [short, scores] = [kernel.arena.take(byteStride * 2), kernel.arena.take(items * 4)]
  const scale = kernel.quantizeVector(vector, stride, short, byteStride)
  kernel.byteScores(bytes, scales, items, byteStride, short, scale, scores)
  return topOf(kernel, scores, items, limit, allowed).index.sort()
}

function exactly({ kernel, rows, stride }: Factors, vector: Address, index: Int32Array, limit: number): ScoredItems {
  const { arena } = kernel
  const [indexAt, scores] = [arena.take(index.length * 4), arena.take(index.length * 4)]
  arena.integers(indexAt, index.length).set(index)
  kernel.gatherScores(rows, indexAt, index.length, stride, vector, scores)
  const best = topOf(kernel, scores, index.length, limit, 0)
  return { index: best.index.map((place) => index[place]!), score: best.score }
}

/** The vector, padded, in the kernel. */
function putVector({ kernel, dimensions, stride }: Factors, vector: Float32Array): Address {
  if (vector.length !== dimensions)
    throw new RangeError(`the vector has ${vector.length} numbers, ${dimensions} are needed`)
  const at = kernel.arena.take(stride * 4)
  const padded = kernel.arena.floats(at, stride)
  padded.fill(0, dimensions)
  padded.set(vector)
  return at
}

function score({ kernel, rows, items, stride }: Factors, vector: Address): Address {
  const scores = kernel.arena.take(items * 4)
  kernel.scores(rows, items, stride, vector, scores)
  return scores
}

/** Returns each interaction's contribution to the score of each item (items × interactions); a row sums to the folded-in score (Hu, Koren and Volinsky 2008, section 5). */
export function contributions(factors: Factors, interactions: Interactions, items: ArrayLike<number>): Float32Array {
  const { kernel, stride, rows } = factors
  const { arena } = kernel
  const count = interactions.index.length
  const shares = new Float32Array(items.length * count)
  if (shares.length === 0) return shares
  const few = woodburySystem(factors, interactions)
  if (few) return woodburyContributions(few, items)
  const { matrix, inverse } = factorNormalEquations(factors, interactions)
  const mark = arena.mark()
  const indexAt = arena.take(count * 4)
  const direction = arena.take(stride * 4)
  const products = arena.take(count * 4)
  arena.integers(indexAt, count).set(interactions.index)
  const values = arena.floats(products, count)
  for (let row = 0; row < items.length; row++) {
    arena.floats(direction, stride).set(arena.floats(rows + items[row]! * stride * 4, stride))
    kernel.substitute(matrix, inverse, stride, direction)
    kernel.gatherScores(rows, indexAt, count, stride, direction, products)
    for (let entry = 0; entry < count; entry++) {
      shares[row * count + entry] = interactions.confidence[entry]! * values[entry]!
    }
  }
  arena.release(mark)
  return shares
}

/** The weights as an artifact; row `i` of `itemFactors` is `items[i]`. */
export function writeFactors(weights: PreferenceWeights, items: readonly string[]): ArtifactContent {
  const { dimensions, itemFactors, gram } = weights
  return {
    metadata: {
      model: "preference",
      items: JSON.stringify(items),
      regularization: String(weights.regularization),
      unobservedWeight: String(weights.unobservedWeight),
      frequencyExponent: String(weights.frequencyExponent),
    },
    tensors: {
      itemFactors: { dtype: "F32", shape: [items.length, dimensions], data: itemFactors },
      gram: { dtype: "F64", shape: [dimensions, dimensions], data: gram },
    },
  }
}

/** Decodes an artifact into a new kernel; throws `incompatibleArtifact` when it does not fit. */
export function readFactors(content: ArtifactContent): Factors {
  const itemFactors = tensorValues(content, "itemFactors", "F32", [-1, -1])
  const dimensions = content.tensors.itemFactors!.shape[1]!
  if (dimensions === 0) throw new ApiError("incompatibleArtifact", "write item factors with at least one dimension")
  return createFactors({
    dimensions,
    itemFactors,
    ...(content.tensors.gram && { gram: tensorValues(content, "gram", "F64", [dimensions, dimensions]) }),
    regularization: metadataNumber(content, "regularization"),
    unobservedWeight: metadataNumber(content, "unobservedWeight"),
    frequencyExponent: metadataNumber(content, "frequencyExponent"),
  })
}
