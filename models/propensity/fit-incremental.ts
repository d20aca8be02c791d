import { calibrate } from "../../src/core/measure/calibrator.ts"
import type { Estimate } from "../../src/core/measure/estimate.ts"
import { sigmoid } from "../../src/core/measure/logistic-regression.ts"
import { effectSlope } from "../../src/core/measure/uplift.ts"
import { networkLogits, nothingId, type PropensityNetwork } from "../../src/core/propensity/propensity-network.ts"
import type { PropensityExample } from "./examples.ts"
import { type Calibrated, fitCalibrated } from "./fit.ts"
import { defaultNetworkParameters, type NetworkParameters } from "./parameters.ts"
import { knownPairs } from "./prior-forecasts.ts"

/** Fewest randomised decisions and outcomes in either arm before increments are used. */
const minPerArm = { decisions: 1000, outcomes: 100 }

/** Shares of the examples, in order of time: learnt from, calibrated on, the rest tested on. */
const windows = { fit: 0.6, calibrate: 0.2 }

export interface IncrementalFit {
  /** `null`: values go on resting on the propensity alone, for the reason given. */
  network: PropensityNetwork | null
  blockedBecause: string | null
  /** Slope of the measured on the predicted effect, on later decisions; 1 is right. */
  slope: Estimate | null
}

/**
 * Learns P(outcome | offered) and P(outcome | nothing) from the decisions that a draw left open, ascending in time: every example is one
 * where both an offer and `nothing` had a chance, and `accepted` is the same outcome for both. Used only if, on later decisions, the
 * effects it predicts surely order the effects that are measured.
 */
export async function fitIncremental(
  examples: readonly PropensityExample[],
  attributeNames: readonly string[],
  parameters: NetworkParameters = defaultNetworkParameters,
): Promise<IncrementalFit> {
  const few = tooFew(examples)
  if (few !== null) return { network: null, blockedBecause: few, slope: null }
  const calibrateFrom = Math.floor(examples.length * windows.fit)
  const testFrom = Math.floor(examples.length * (windows.fit + windows.calibrate))
  const tried = await fitCalibrated(
    examples.slice(0, calibrateFrom),
    examples.slice(calibrateFrom, testFrom),
    parameters,
  )
  const slope = slopeOf(tried, examples.slice(testFrom))
  if (!(slope.low > 0)) {
    const blockedBecause = `predicted effects do not surely order measured ones: slope ${slope.value.toFixed(2)}, 95 % from ${slope.low.toFixed(2)}`
    return { network: null, blockedBecause, slope }
  }
  const { backend: _, ...fitted } = await fitCalibrated(
    examples.slice(0, testFrom),
    examples.slice(testFrom),
    parameters,
  )
  return {
    network: {
      ...fitted,
      attributeNames,
      examples: testFrom,
      known: knownPairs(examples).map((pair) => ({ ...pair, weight: 1 })),
    },
    blockedBecause: null,
    slope,
  }
}

function tooFew(examples: readonly PropensityExample[]): string | null {
  for (const [arm, belongs] of arms) {
    const members = examples.filter(({ offerId }) => belongs(offerId))
    const outcomes = members.filter(({ accepted }) => accepted).length
    if (members.length < minPerArm.decisions || outcomes < minPerArm.outcomes) {
      return `${members.length} randomised decisions ${arm} with ${outcomes} outcomes; ${minPerArm.decisions} with ${minPerArm.outcomes} are needed`
    }
  }
  return null
}

const arms = [
  ["for nothing", (offerId: string) => offerId === nothingId],
  ["for an offer", (offerId: string) => offerId !== nothingId],
] as const

/** Each arm is weighed by the logged chance of its own choice. */
function slopeOf({ weights, rowOf, calibrator }: Calibrated, examples: readonly PropensityExample[]): Estimate {
  const none = new Float32Array(0)
  const logitOf = networkLogits(weights, none, none)
  const chance = (row: number, features: Float32Array) => calibrate(calibrator, sigmoid(logitOf(row, features)))
  const predicted = examples.map(
    ({ offerId, features }) => chance(rowOf.get(offerId) ?? 0, features) - chance(rowOf.get(nothingId) ?? 0, features),
  )
  const treated = examples.map(({ offerId }) => (offerId === nothingId ? 0 : 1))
  const treatedShare = examples.map(({ offerId, probability }) =>
    offerId === nothingId ? 1 - probability : probability,
  )
  return effectSlope(
    predicted,
    { treated, outcome: examples.map(({ accepted }) => (accepted ? 1 : 0)) },
    treatedShare,
    examples.map(({ customerId }) => customerId),
  )
}
