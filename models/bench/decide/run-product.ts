import { decide } from "../../../src/core/decision/decide.ts"
import type { DecisionTrace } from "../../../src/core/decision/trace.ts"
import type { Policy } from "../../../src/core/policy/policy.ts"
import type { PropensityModels } from "../../../src/core/propensity/predict.ts"
import { expectedAcceptance } from "../../../src/core/propensity/prior.ts"
import type { AcceptanceCount } from "../../../src/core/propensity/smoothed-rates.ts"
import { fitPropensity } from "../../propensity/fit.ts"
import { fitIncremental } from "../../propensity/fit-incremental.ts"
import {
  attributeNamesOf,
  type LearnableDecision,
  learnableDecisions,
  offeredExamples,
  randomisedExamples,
} from "../../propensity/logged-examples.ts"
import { type DecisionPoint, type DecisionShop, waitMs } from "./decision-shop.ts"

/** The distribution of one decision, in the order of nothing and the survivors. */
export interface Drawn {
  point: DecisionPoint
  probabilities: Float64Array
  /** P(accept | offered) as served; NaN for nothing. */
  propensities: Float64Array
  /** An index into `probabilities`. */
  chosen: number
  accepted: boolean
}

export interface ProductRun {
  drawn: readonly Drawn[]
  models: PropensityModels
  /** One note from each training run. */
  notes: readonly string[]
}

/** Decides as served, training at the given shares of the run on the decisions whose waiting time is over; `acceptance` has a uniform number for each decision. */
export async function runProduct(
  { items, offers, policy }: DecisionShop,
  points: readonly DecisionPoint[],
  seed: number,
  acceptance: Float64Array,
  trainings: readonly number[],
): Promise<ProductRun> {
  const catalogue = { items, offers: new Map(offers.map((offer) => [offer.id, offer])) }
  const counts = new Map<string, AcceptanceCount>()
  let models: PropensityModels = { network: null, incremental: null, counts: [] }
  const log: LearnableDecision[] = []
  const drawn: Drawn[] = []
  const notes: string[] = []
  for (const [n, point] of points.entries()) {
    if (trainings.some((share) => Math.floor(share * points.length) === n)) {
      const mature = log.filter(({ row }) => row.at <= point.context.nowMs - waitMs)
      models = { ...models, ...(await train(mature, notes)) }
    }
    const drawnNow = decideAt(point, `${seed}-${n}`, catalogue, { ...models, counts: [...counts.values()] }, policy)
    const accepted = drawnNow.chosen > 0 && acceptance[n]! < point.probability[drawnNow.chosen - 1]!
    const { trace, ...rest } = drawnNow
    drawn.push({ point, ...rest, accepted })
    log.push(...loggedOf(point, `${seed}-${n}`, drawnNow, accepted, policy))
    if (drawnNow.chosen > 0) count(counts, point, drawnNow, accepted)
  }
  return { drawn, models: { ...models, counts: [...counts.values()] }, notes }
}

/** Makes one decision; its distribution is in the order of nothing and the point's survivors. */
export function decideAt(
  point: DecisionPoint,
  decisionId: string,
  catalogue: Parameters<typeof decide>[1]["catalogue"],
  models: PropensityModels,
  policy: Policy,
): Omit<Drawn, "point" | "accepted"> & { trace: DecisionTrace } {
  const { context, affinity, prior, survivors } = point
  const inputs = {
    catalogue,
    models,
    capacityUsage: new Map<string, number>(),
    selectItems: () => [],
    affinity,
    prior,
    renderCandidate: () => ({ shown: { content: {}, contentType: "text" as const } }),
  }
  const { trace, chosen } = decide({ ...context, decisionId, attempt: 0 }, inputs, policy)
  const optionOf = new Map(trace.options.map((option) => [option.offerId, option]))
  const options = [optionOf.get(null), ...survivors.map(({ id }) => optionOf.get(id))]
  return {
    trace,
    probabilities: Float64Array.from(options, (option) => option?.probability ?? 0),
    propensities: Float64Array.from(options, (option) => option?.propensity ?? Number.NaN),
    chosen: chosen === null ? 0 : 1 + survivors.findIndex(({ id }) => id === chosen.offer.id),
  }
}

/** Returns the row that a training run reads, its trace reduced to what training uses. */
function loggedOf(
  { customerId, context, survivors, orders }: DecisionPoint,
  id: string,
  { trace, chosen }: { trace: DecisionTrace; chosen: number },
  accepted: boolean,
  policy: Policy,
): LearnableDecision[] {
  const offerId = chosen === 0 ? null : survivors[chosen - 1]!.id
  const at = context.nowMs
  return learnableDecisions([
    {
      id,
      customerId,
      at,
      placement: context.placement,
      channel: context.channel,
      offerId,
      policyVersion: policy.version,
      trace: slim(trace, offerId),
      reached: true,
      outcomes: accepted ? [{ outcome: "purchase", at: at + 1, value: null }] : [],
      ordered: accepted || orders,
    },
  ])
}

/** Returns a trace without what training does not read. A draw of `nothing` keeps all features, because any offer may be its counterpart. */
const slim = (trace: DecisionTrace, offerId: string | null): DecisionTrace => ({
  ...trace,
  dropped: [],
  rates: [],
  options: trace.options.map(({ features, ...option }) =>
    features && (offerId === null || option.offerId === offerId) ? { ...option, features } : option,
  ),
})

async function train(
  decisions: readonly LearnableDecision[],
  notes: string[],
): Promise<Pick<PropensityModels, "network" | "incremental">> {
  const attributeNames = attributeNamesOf(decisions)
  const { network, blockedBecause, test } = await fitPropensity(
    offeredExamples(decisions, attributeNames, waitMs),
    attributeNames,
  )
  const randomised = await fitIncremental(randomisedExamples(decisions, attributeNames), attributeNames)
  notes.push(
    `${decisions.length} decisions: network ${blockedBecause ?? `slope ${test!.slope.toFixed(2)}, ${test!.calibration}`}; increments ${randomised.blockedBecause ?? "in use"}`,
  )
  return { network, incremental: randomised.network }
}

function count(
  counts: Map<string, AcceptanceCount>,
  { context, survivors }: DecisionPoint,
  { trace, chosen }: { trace: DecisionTrace; chosen: number },
  accepted: boolean,
) {
  const { id, kind } = survivors[chosen - 1]!
  const { channel } = context
  const { offered, ...known } = counts.get(`${kind} ${channel}`) ?? { kind, channel, offered: 0, accepted: 0 }
  const prior = trace.options.find(({ offerId }) => offerId === id)!.prior
  const expected = (known.expected ?? 0) + (prior ? expectedAcceptance(prior) : 1 / 20)
  counts.set(`${kind} ${channel}`, {
    ...known,
    offered: offered + 1,
    expected,
    accepted: known.accepted + (accepted ? 1 : 0),
  })
}
