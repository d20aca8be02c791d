import type { PreferenceParameters } from "../preference/parameters.ts"
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

/** Throws unless every number is one a fit can work with. */
export function checkParameters(parameters: PreferenceParameters, threads: number): void {
  const { dimensions, sweeps, regularization, unobservedWeight } = parameters
  for (const [name, count] of Object.entries({ dimensions, sweeps, threads })) {
    if (!(Number.isInteger(count) && count >= 1)) throw new RangeError(`${name} must be a whole number from 1 on`)
  }
  if (!(regularization > 0)) throw new RangeError("regularization must be above 0")
  if (!(unobservedWeight >= 0)) throw new RangeError("unobservedWeight must not be negative")
}
