import type { ArtifactContent } from "../../src/core/artifact/artifact.ts"
import { writeRebuy } from "../../src/core/repurchase/rebuy-artifact.ts"
import type { Dataset } from "../data/dataset.ts"
import { type Budget, OutOfTime } from "../workers/budget.ts"
import type { RebuyCertificate } from "./certify.ts"
import { type FittedRebuy, fitRebuy, rebuyParameters } from "./fit.ts"

export interface LearntRebuy {
  contents: { rebuy?: ArtifactContent }
  /** Entry of the release's manifest; `null` where nothing could be trained. */
  manifest: { horizonMs: number; snapshots: number; customers: number; certificate: RebuyCertificate } | null
  summary: string
}

export interface RebuyTerms {
  until: number
  horizonMs: number
  seed: number
  /** Time that may be spent; without it there is no limit. */
  time?: Pick<Budget, "now"> & { leftMs: () => number; checkTime: () => void }
}

/** Learns the model from what lies before `until`, as an artifact, or says why there is none. */
export function learnRebuy(dataset: Dataset, { time, ...options }: RebuyTerms): LearntRebuy {
  const fitted = time === undefined ? fitRebuy(dataset, options) : fitInTime(dataset, options, time)
  if (fitted === null) {
    const summary = "rebuy: not trained, the events must span at least four horizons"
    return { contents: {}, manifest: null, summary }
  }
  const { rebuy, snapshots, certificate } = fitted
  const { pairs, expected, realised } = certificate
  const customers = snapshots[0]!.customerIds.length
  return {
    contents: { rebuy: writeRebuy(rebuy) },
    manifest: { horizonMs: rebuy.horizonMs, snapshots: snapshots.length, customers, certificate },
    summary: `rebuy: trained on ${customers} customers; ${pairs} pairs certified, expected share ${expected.toFixed(3)}, realised ${realised.toFixed(3)}`,
  }
}

/** Customers of a first fit, whose time tells how many more can be afforded. */
const pilotCustomers = 200
/** Share of the time left that the full fit is planned for. */
const plannedShare = 0.7

/** Fits few customers, then as many as there is time for at the pace of those; what was learnt stands when time is over. */
function fitInTime(
  dataset: Dataset,
  options: Omit<RebuyTerms, "time">,
  { now, leftMs, checkTime }: NonNullable<RebuyTerms["time"]>,
): FittedRebuy | null {
  const fitFrom = (maxCustomers: number, check: () => void) =>
    fitRebuy(dataset, { ...options, parameters: { ...rebuyParameters, maxCustomers, checkTime: check } })
  const begun = now()
  const pilot = fitFrom(pilotCustomers, checkTime)
  const msOfCustomer = Math.max(1, now() - begun) / pilotCustomers
  const affordable = Math.floor((plannedShare * leftMs()) / msOfCustomer)
  const maxCustomers = Math.min(rebuyParameters.maxCustomers, affordable)
  if (pilot === null || maxCustomers <= pilotCustomers || dataset.customerIds.length <= pilotCustomers) return pilot
  try {
    return fitFrom(maxCustomers, () => {
      if (leftMs() <= 0) throw new OutOfTime("rebuy")
    })
  } catch (error) {
    if (error instanceof OutOfTime) return pilot
    throw error
  }
}
