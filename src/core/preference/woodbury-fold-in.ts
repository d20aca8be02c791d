import { type Kernel, strideOf } from "../../kernel/kernel.ts"
import type { Address } from "../../kernel/memory.ts"

/** The normal equations of a customer with few interactions: the diagonal D of the system without them, and their rows. */
export interface WoodburySystem {
  kernel: Kernel
  /** Item factors, rows of `stride` float32. */
  itemRows: Address
  stride: number
  /** One positive value a dimension. */
  diagonal: Float64Array
  index: Int32Array
  confidence: Float32Array
}

interface Factored extends WoodburySystem {
  /** Z = √C X D^-½, count × stride. */
  rows: Float32Array
  rowsAt: Address
  /** The Cholesky factor of I + Z Zᵀ, size × size, and 1 / its diagonal. */
  matrixAt: Address
  inverseAt: Address
  size: number
  /** Room for `size`, `stride` and as many numbers as there are interactions. */
  unknownsAt: Address
  vectorAt: Address
  productsAt: Address
  /** D^-½ and √C. */
  scale: Float64Array
  root: Float64Array
}

/** The customer's vector by a system of its interactions instead of its dimensions: D^-½ Zᵀ (I + Z Zᵀ)⁻¹ √C 1 (Sherman, Morrison and Woodbury). */
export function woodburyFoldIn(system: WoodburySystem): Float32Array {
  return factored(system, (parts) => {
    const { rows, stride, root, scale } = parts
    const share = substituted(parts, root)
    const sum = new Float64Array(scale.length)
    for (let n = 0; n < root.length; n++) {
      for (let k = 0; k < sum.length; k++) sum[k]! += share[n]! * rows[n * stride + k]!
    }
    return Float32Array.from(sum, (value, k) => value * scale[k]!)
  })
}

/** Returns each interaction's contribution to the score of each item: √C (I + Z Zᵀ)⁻¹ Z D^-½ times its factors; items × interactions. */
export function woodburyContributions(system: WoodburySystem, items: ArrayLike<number>): Float32Array {
  return factored(system, (parts) => {
    const { kernel, rowsAt, itemRows, stride, root, scale, vectorAt, productsAt } = parts
    const { arena } = kernel
    const count = root.length
    const shares = new Float32Array(items.length * count)
    const [vector, products] = [arena.floats(vectorAt, stride).fill(0), arena.floats(productsAt, count)]
    for (let row = 0; row < items.length; row++) {
      const own = arena.floats(itemRows + items[row]! * stride * 4, scale.length)
      for (let k = 0; k < scale.length; k++) vector[k] = own[k]! * scale[k]!
      kernel.scores(rowsAt, count, stride, vectorAt, productsAt)
      const share = substituted(parts, products)
      for (let n = 0; n < count; n++) shares[row * count + n] = root[n]! * share[n]!
    }
    return shares
  })
}

/** Factors I + Z Zᵀ in memory that is given back after `use`. */
function factored<T>(system: WoodburySystem, use: (parts: Factored) => T): T {
  const { kernel, itemRows, stride, diagonal, index, confidence } = system
  const { arena } = kernel
  const mark = arena.mark()
  const count = index.length
  const size = strideOf(count)
  const take = (floats: number) => arena.take(floats * 4)
  const [rowsAt, matrixAt, inverseAt, unknownsAt] = [take(count * stride), take(size * size), take(size), take(size)]
  const [vectorAt, productsAt] = [take(stride), take(count)]
  const scale = diagonal.map((value) => 1 / Math.sqrt(value))
  const root = Float64Array.from(confidence, Math.sqrt)
  const rows = arena.floats(rowsAt, count * stride).fill(0)
  for (let n = 0; n < count; n++) {
    const own = arena.floats(itemRows + index[n]! * stride * 4, scale.length)
    for (let k = 0; k < scale.length; k++) rows[n * stride + k] = own[k]! * scale[k]! * root[n]!
  }
  const matrix = arena.floats(matrixAt, size * size).fill(0)
  for (let n = 0; n < count; n++) {
    kernel.scores(rowsAt, count, stride, rowsAt + n * stride * 4, matrixAt + n * size * 4)
  }
  for (let n = 0; n < size; n++) matrix[n * (size + 1)]! += 1
  kernel.cholesky(matrixAt, inverseAt, size)
  const used = use({
    ...system,
    rows,
    rowsAt,
    matrixAt,
    inverseAt,
    unknownsAt,
    vectorAt,
    productsAt,
    size,
    scale,
    root,
  })
  arena.release(mark)
  return used
}

/** (I + Z Zᵀ)⁻¹ times a vector. */
function substituted(
  { kernel, matrixAt, inverseAt, unknownsAt, size }: Factored,
  right: ArrayLike<number>,
): Float32Array {
  const unknowns = kernel.arena.floats(unknownsAt, size).fill(0)
  unknowns.set(right)
  kernel.substitute(matrixAt, inverseAt, size, unknownsAt)
  return unknowns.slice()
}
