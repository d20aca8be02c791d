import type { ArtifactContent } from "../../src/core/artifact/artifact.ts"
import { writeRenewal } from "../../src/core/possession/renewal-artifact.ts"
import { fitRenewal, type RenewalInputs } from "./fit.ts"

export interface LearntRenewal {
  contents: { renewal?: ArtifactContent }
  /** Entry of the release's manifest; `null` where too little was bought again. */
  manifest: {
    items: number
    categories: number
    shapes: { item: number; category: number }
    amountPower: number
    paceWeight: number
    orderIntervalDays: number
  } | null
  summary: string
}

/** Learns renewal times as an artifact, or says why there are none. */
export function learnRenewal(inputs: RenewalInputs): LearntRenewal {
  const renewal = fitRenewal(inputs)
  if (renewal === null)
    return {
      contents: {},
      manifest: null,
      summary: "renewal: not learnt, too few customers ordered again; the assumed times stay in use",
    }
  const { items, categories, shapes, amountPower, paceWeight, orderIntervalDays } = renewal
  return {
    contents: { renewal: writeRenewal(renewal) },
    manifest: {
      items: items.ids.length,
      categories: categories.length,
      shapes,
      amountPower,
      paceWeight,
      orderIntervalDays,
    },
    summary: `renewal: times of ${items.ids.length} items in ${categories.length - 1} categories; customers order again after ${orderIntervalDays.toFixed(0)} days (median)`,
  }
}
