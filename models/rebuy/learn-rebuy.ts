import type { ArtifactContent } from "../../src/core/preference/artifact.ts"
import { writeRebuy } from "../../src/core/proactive/rebuy-artifact.ts"
import type { Dataset } from "../train/dataset.ts"
import type { RebuyCertificate } from "./certify.ts"
import { fitRebuy } from "./fit.ts"

export interface LearntRebuy {
  contents: { rebuy?: ArtifactContent }
  /** What a release's manifest says of it; `null` where nothing could be learnt. */
  manifest: { horizonMs: number; lessons: number; certificate: RebuyCertificate } | null
  said: string
}

/** Learns the model from what lies before `until`, as an artifact, or says why there is none. */
export function learnRebuy(dataset: Dataset, options: { until: number; horizonMs: number; seed: number }): LearntRebuy {
  const fitted = fitRebuy(dataset, options)
  if (fitted === null) {
    const said = "no rebuy model: it takes a past of four horizons"
    return { contents: {}, manifest: null, said }
  }
  const { rebuy, lessons, certificate } = fitted
  const { pairs, expected, realised } = certificate
  return {
    contents: { rebuy: writeRebuy(rebuy) },
    manifest: { horizonMs: rebuy.horizonMs, lessons: lessons.length, certificate },
    said: `rebuy: ${pairs} pairs certified, expected ${expected.toFixed(3)}, bought again ${realised.toFixed(3)}`,
  }
}
