import type { InteractionMatrix } from "./interaction-matrix.ts"

/** Throws unless offsets, indexes and weights describe one matrix: the kernel writes where they say. */
export function checkMatrix({ customers, items, offsets, indexes, confidence }: InteractionMatrix): void {
  const ascending = offsets.every((end, row) => row === 0 || end >= offsets[row - 1]!)
  const whole = offsets.length === customers + 1 && offsets[0] === 0 && offsets[customers] === indexes.length
  if (!ascending || !whole || confidence.length !== indexes.length) {
    throw new RangeError("offsets, indexes and confidence do not describe one matrix")
  }
  const outside = indexes.find((index) => !(index >= 0 && index < items))
  if (outside !== undefined) throw new RangeError(`item row ${outside} is outside 0 … ${items - 1}`)
  const noWeight = findFloat(confidence, (value) => !(value >= 0 && value < Infinity))
  if (noWeight !== undefined) throw new RangeError(`confidence ${noWeight} is not a weight`)
}

/** As `find`, which makes an object of each float that it shows its callback. */
export function findFloat(values: Float32Array, isMeant: (value: number) => boolean): number | undefined {
  for (let at = 0; at < values.length; at++) if (isMeant(values[at]!)) return values[at]
  return undefined
}
