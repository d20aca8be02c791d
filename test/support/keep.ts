import type { KeepModel } from "../../src/core/keep/keep.ts"
import { keepFeatureNames } from "../../src/core/keep/keep-features.ts"
import { logit } from "../../src/core/measure/logistic-regression.ts"
import type { Release } from "../../src/core/release/release.ts"
import { bought, fitSmallRelease, historyOf } from "./release.ts"

/** A keep model that says the same of everything, certified for the promise of 0.7 from a cut-off of 0.6 on. */
function evenKeep(keep: number, given: Partial<KeepModel> = {}): KeepModel {
  const inputs = keepFeatureNames.length
  const zeros = () => new Float32Array(inputs)
  return {
    basis: "sends",
    weights: {
      inputs,
      hidden: 0,
      center: zeros(),
      scale: zeros(),
      wide: zeros(),
      first: new Float32Array(0),
      firstBias: new Float32Array(0),
      out: new Float32Array(0),
      bias: logit(keep),
    },
    calibrator: { method: "beta", a: 1, b: 1, c: 0 },
    certificates: [{ promise: 0.7, cutoff: 0.6, keptShare: 0.8, lower: 0.72, allowance: 0, sends: 500 }],
    ...given,
  }
}

/** A small release over these items that expects everything sent to be kept with one probability. */
export async function releaseThatKeeps(
  itemIds: readonly string[],
  keep: number,
  given: Partial<KeepModel> = {},
): Promise<Release> {
  const release = await fitSmallRelease(itemIds.map((_, n) => historyOf(bought(n, ...itemIds.slice(0, n + 1)))))
  return { ...release, id: "0190b6a4-0000-7000-8000-00000000000a", keep: evenKeep(keep, given), rebuy: null }
}
