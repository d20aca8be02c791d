import type { ArtifactContent } from "../../src/core/artifact/artifact.ts"
import { writePropensity } from "../../src/core/propensity/propensity-artifact.ts"
import type { OptionalModelName } from "../../src/core/release/release.ts"
import { dayMs } from "../../src/core/time/durations.ts"
import type { Store } from "../../src/store/store.ts"
import { fitPropensity, type PropensityFit } from "./fit.ts"
import { fitIncremental, type IncrementalFit } from "./fit-incremental.ts"
import {
  attributeNamesOf,
  type LearnableDecision,
  learnableDecisions,
  offeredExamples,
  randomisedExamples,
} from "./logged-examples.ts"
import { defaultNetworkParameters, propensityCandidates } from "./parameters.ts"

/** Days an offer may take to be accepted, and days of decisions to learn from. */
export const defaultPropensityDays = { wait: 7, past: 180 }

export interface LearntPropensity {
  /** The artifacts of the networks that may take over. */
  contents: Partial<Record<OptionalModelName, ArtifactContent>>
  /** The entry in the release's manifest. */
  manifest: {
    days: typeof defaultPropensityDays
    decisions: number
    propensity: Omit<PropensityFit, "network">
    incremental: Omit<IncrementalFit, "network">
  }
  /** Sentence on the network, its weights and the evidence for them. */
  summary: string
}

/** Learns both networks from the logged decisions whose waiting time was over at `until` (milliseconds since the epoch). */
export async function learnPropensity(
  { decisionLog }: Pick<Store, "decisionLog">,
  {
    until,
    seed = 1,
    days = defaultPropensityDays,
    checkTime = () => {},
  }: {
    until: number
    seed?: number
    days?: typeof defaultPropensityDays
    /** Asked between units of work; may throw. */
    checkTime?: () => void
  },
): Promise<LearntPropensity> {
  const waitMs = days.wait * dayMs
  const decisions: LearnableDecision[] = []
  const range = { from: until - days.past * dayMs, until: until - waitMs, waitMs }
  for await (const rows of decisionLog.read(range)) {
    checkTime()
    decisions.push(...learnableDecisions(rows))
  }
  const attributeNames = attributeNamesOf(decisions)
  const { network, ...propensity } = await fitPropensity(
    offeredExamples(decisions, attributeNames, waitMs),
    attributeNames,
    propensityCandidates.map((candidate) => ({ ...candidate, seed, checkTime })),
  )
  const randomised = await fitIncremental(randomisedExamples(decisions, attributeNames), attributeNames, {
    ...defaultNetworkParameters,
    seed,
    checkTime,
  })
  const { network: increments, ...incremental } = randomised
  return {
    contents: {
      ...(network && { propensity: writePropensity(network) }),
      ...(increments && { incremental: writePropensity(increments) }),
    },
    manifest: { days, decisions: decisions.length, propensity, incremental },
    summary: summaryOf(propensity),
  }
}

function summaryOf({ blockedBecause, test, weights }: Omit<PropensityFit, "network">): string {
  const evidence =
    test === null
      ? ""
      : `; on ${test.offered} later offers, ${test.accepted} accepted, log-loss ${test.pooledLogLoss.toFixed(4)} against ${test.priorLogLoss.toFixed(4)} of the prior`
  if (blockedBecause !== null) return `propensity: the network is not in use: ${blockedBecause}${evidence}`
  const shares = weights.map(({ kind, channel, weight }) => `${kind} on ${channel} ${weight.toFixed(2)}`).join(", ")
  return `propensity: the network is in use beside the prior, with a weight for ${shares}${evidence}`
}
