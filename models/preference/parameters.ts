import type { PreferenceLoss } from "../../src/core/preference/factors.ts"

/** What a fit is told; the values are chosen on validation, so there are no defaults here. */
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
