import type { InteractionMatrix } from "../data/interaction-matrix.ts"
import { transpose } from "../data/transpose.ts"
import type { LocalSlimParameters } from "./slim-parameters.ts"

/** All regressions of one fit, in memory that threads share. */
export interface Regressions {
  readonly items: number
  /** Places for sources of each target. */
  readonly support: number
  readonly byCustomer: InteractionMatrix
  readonly byItem: InteractionMatrix
  /** Weight of each customer's pairs. */
  readonly share: Float64Array
  /** Ridge added to each item's own weight. */
  readonly ridge: Float64Array
  /** Factor on a source's pair weight when sources are chosen. */
  readonly popularityScale: Float64Array
  /** Each item's place among the popular, -1 for the others. */
  readonly popularPlace: Int32Array
  /** popular × popular: the pair weights of popular items, which most customers of a support would otherwise be asked for again and again. */
  readonly popularPairs: Float64Array
  /** items × support: the sources of each target; where there are fewer, the weight of the rest is 0. */
  readonly sources: Int32Array
  /** items × support: the weight of each. */
  readonly solution: Float32Array
  /** The next block to be claimed. */
  readonly counter: Int32Array
}

/** Their pairs take 32 MB. */
const maxPopular = 2048

/** Lays the regressions out, all unsolved. */
export function layOutRegressions(
  data: InteractionMatrix,
  parameters: LocalSlimParameters,
  popular = maxPopular,
): Regressions {
  const { items } = data
  const byItem = transpose(data)
  const share = Float64Array.from(
    { length: data.customers },
    (_, customer) => Math.max(1, data.offsets[customer + 1]! - data.offsets[customer]!) ** -parameters.customerExponent,
  )
  const sumOf = (item: number, value: (entry: number) => number) => {
    let sum = 0
    for (let entry = byItem.offsets[item]!; entry < byItem.offsets[item + 1]!; entry++) sum += value(entry)
    return sum
  }
  const rows = Float64Array.from({ length: items }, (_, item) => item)
  const own = rows.map((item) => sumOf(item, (e) => share[byItem.indexes[e]!]! * byItem.confidence[e]! ** 2))
  const popularity = rows.map((item) => sumOf(item, (e) => byItem.confidence[e]!))
  const { regularization, regularizationExponent, supportExponent } = parameters
  const scale = regularization * meanOf(own.filter((w) => w > 0).map((w) => w ** (1 - regularizationExponent)))
  const support = Math.min(parameters.support, Math.max(1, items - 1))
  return {
    items,
    support,
    byCustomer: shareMatrix(data),
    byItem: shareMatrix(byItem),
    share: shareCopy(Float64Array, share),
    ridge: shareCopy(
      Float64Array,
      own.map((w) => scale * w ** regularizationExponent),
    ),
    popularityScale: shareCopy(
      Float64Array,
      popularity.map((count) => (count > 0 ? count ** -supportExponent : 0)),
    ),
    ...popularOnes(data, byItem, share, popular),
    sources: shareCopy(Int32Array, new Int32Array(items * support)),
    solution: shareCopy(Float32Array, new Float32Array(items * support)),
    counter: shareCopy(Int32Array, [0]),
  }
}

function popularOnes(data: InteractionMatrix, byItem: InteractionMatrix, share: Float64Array, most: number) {
  const having = (item: number) => byItem.offsets[item + 1]! - byItem.offsets[item]!
  const order = Int32Array.from({ length: data.items }, (_, item) => item).sort(
    (a, b) => having(b) - having(a) || a - b,
  )
  const popular = order.subarray(0, most)
  const size = popular.length
  const popularPlace = shareCopy(Int32Array, new Int32Array(data.items).fill(-1))
  popular.forEach((item, place) => {
    popularPlace[item] = place
  })
  const popularPairs = shareCopy(Float64Array, new Float64Array(size * size))
  for (let customer = 0; customer < data.customers; customer++) {
    const entries: number[] = []
    for (let entry = data.offsets[customer]!; entry < data.offsets[customer + 1]!; entry++) {
      if (popularPlace[data.indexes[entry]!]! >= 0) entries.push(entry)
    }
    for (const a of entries) {
      const row = popularPlace[data.indexes[a]!]! * size
      const weight = share[customer]! * data.confidence[a]!
      for (const b of entries) popularPairs[row + popularPlace[data.indexes[b]!]!]! += weight * data.confidence[b]!
    }
  }
  return { popularPlace, popularPairs }
}

const meanOf = (values: Float64Array): number =>
  values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length

const shareMatrix = (matrix: InteractionMatrix): InteractionMatrix => ({
  customers: matrix.customers,
  items: matrix.items,
  offsets: shareCopy(Int32Array, matrix.offsets),
  indexes: shareCopy(Int32Array, matrix.indexes),
  confidence: shareCopy(Float32Array, matrix.confidence),
})

interface SharedArrays<T> {
  new (buffer: SharedArrayBuffer): T
  readonly BYTES_PER_ELEMENT: number
}

function shareCopy<T extends { set(values: ArrayLike<number>): void }>(
  Arrays: SharedArrays<T>,
  values: ArrayLike<number>,
): T {
  const copy = new Arrays(new SharedArrayBuffer(values.length * Arrays.BYTES_PER_ELEMENT))
  copy.set(values)
  return copy
}
