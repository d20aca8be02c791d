import type { PreferenceLoss } from "../../src/core/preference/factors.ts"

/** Parameters of a fit; their values are chosen on validation, so there are no defaults here. */
export interface PreferenceParameters extends PreferenceLoss {
  readonly dimensions: number
  /** Each sweep solves all customers, then all items. */
  readonly sweeps: number
  readonly seed: number
}

export interface SweepProgress {
  /** 1 … `sweeps`. */
  readonly sweep: number
  readonly sweeps: number
  /** The implicit loss after this sweep. */
  readonly loss: number
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
