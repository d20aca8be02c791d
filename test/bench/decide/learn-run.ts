import { fitPropensity } from "../../../models/propensity/fit.ts"
import { factNamesOf, learnableDecisions, offeredExamples } from "../../../models/propensity/logged-examples.ts"
import type { NetworkParameters } from "../../../models/propensity/parameters.ts"
import type { DecisionWorld, Visit } from "../../../models/simulate/decision-world.ts"
import { type DecideAnswer, decide, type Knowledge } from "../../../src/core/decision/decide.ts"
import { type Policy, policyDraftSchema } from "../../../src/core/decision/policy.ts"
import type { AcceptanceCount } from "../../../src/core/decision/propensity.ts"
import type { PropensityNetwork } from "../../../src/core/decision/propensity-network.ts"
import type { DecisionTrace } from "../../../src/core/decision/trace.ts"
import type { LoggedDecisionRow } from "../../../src/store/decision-log.ts"

const hourMs = 3_600_000

/** The policy of the benchmark's placement: nothing limits contacts, so that every offer survives for both contestants. */
export const benchPolicy = (explorationCostShare: number): Policy => ({
  version: `bench-${explorationCostShare}`,
  ...policyDraftSchema.parse({
    contact: { caps: [], pauses: [], theme: null, quietHours: null },
    fatigue: { perContact: {}, windowHours: 1 },
    rewardBounds: { low: -0.5, high: 6 },
    explorationCostShare,
  }),
})

const situationOf = ({ nowMs, history, interests }: Visit) => ({
  nowMs,
  placement: "home",
  channel: "web" as const,
  history,
  consents: {},
  context: Object.fromEntries(interests.map((value, n) => [`interest${n}`, value])),
})

export function knowledgeOf(
  world: DecisionWorld,
  network: PropensityNetwork | null,
  counts: readonly AcceptanceCount[],
): Knowledge {
  return {
    catalogue: {
      offers: new Map(world.offers.map((offer) => [offer.id, offer])),
      items: new Map(world.items.map((item) => [item.id, item])),
    },
    models: { network, incremental: null, counts },
    supplies: new Map(),
    selectItems: () => [],
    presentable: () => null,
  }
}

export const decideVisit = (visit: Visit, id: string, knowledge: Knowledge, policy: Policy): DecideAnswer =>
  decide({ ...situationOf(visit), decisionId: id, attempt: 0 }, knowledge, policy)

export interface LearnRun {
  /** Expected value of each decision's distribution, given what is logged. */
  values: Float64Array
  /** Of what was offered in the last fifth. */
  forecasts: { predicted: number[]; observed: number[]; truth: number[] }
  fits: readonly string[]
  network: PropensityNetwork | null
  counts: readonly AcceptanceCount[]
}

export interface LearnOptions {
  seed: number
  /** After how many decisions the network is trained anew. */
  trainAt: readonly number[]
  /** The policy in force from a number of decisions on. */
  policies: readonly { from: number; policy: Policy }[]
  parameters: NetworkParameters
}

/** Decides one visit after another, logs each, and trains from the log now and then, as the product does. */
export async function learnRun(world: DecisionWorld, options: LearnOptions): Promise<LearnRun> {
  const { seed, trainAt, policies, parameters } = options
  const rows: LoggedDecisionRow[] = []
  const values = new Float64Array(world.visits)
  const forecasts: LearnRun["forecasts"] = { predicted: [], observed: [], truth: [] }
  const counts = new Map<string, AcceptanceCount>()
  const fits: string[] = []
  const offerIndex = new Map(world.offers.map(({ id }, n) => [id, n]))
  let network: PropensityNetwork | null = null
  let knowledge = knowledgeOf(world, null, [])
  for (let n = 0; n < world.visits; n++) {
    if (trainAt.includes(n)) {
      const learnable = learnableDecisions(rows)
      const factNames = factNamesOf(learnable)
      const fit = await fitPropensity(offeredExamples(learnable, factNames, hourMs), factNames, parameters)
      network = fit.network ?? network
      fits.push(
        `${n}: ${fit.reason ?? `network, log-loss ${fit.test!.logLoss.toFixed(4)} (rates ${fit.test!.ratesLogLoss.toFixed(4)})`}`,
      )
    }
    if (n % 250 === 0)
      knowledge = knowledgeOf(
        world,
        network,
        [...counts.values()].map((count) => ({ ...count })),
      )
    const { policy } = policies.findLast(({ from }) => n >= from)!
    const visit = world.visit(n)
    const id = `${seed}-${n}`
    const answer = decideVisit(visit, id, knowledge, policy)
    const chances = world.chances(n)
    values[n] = expectedValue(answer.trace, world, chances, offerIndex)
    const { chosen } = answer
    const accepted = chosen !== null && world.outcomes(n)[offerIndex.get(chosen.offer.id)!] === 1
    rows.push(rowOf(id, visit, answer, accepted))
    if (chosen === null) continue
    const { kind } = chosen.offer
    const count = counts.get(kind) ?? { kind, channel: "web", offered: 0, accepted: 0 }
    counts.set(kind, { ...count, offered: count.offered + 1, accepted: count.accepted + (accepted ? 1 : 0) })
    if (n < 0.8 * world.visits) continue
    forecasts.predicted.push(chosen.terms.propensity)
    forecasts.observed.push(accepted ? 1 : 0)
    forecasts.truth.push(chances[offerIndex.get(chosen.offer.id)!]!)
  }
  return { values, forecasts, fits, network, counts: [...counts.values()] }
}

function expectedValue(
  { options }: DecisionTrace,
  { offers }: DecisionWorld,
  chances: Float64Array,
  offerIndex: ReadonlyMap<string, number>,
): number {
  return options.reduce((sum, { offerId, probability }) => {
    if (offerId === null) return sum
    const o = offerIndex.get(offerId)!
    return sum + probability * (chances[o]! * offers[o]!.value - offers[o]!.cost)
  }, 0)
}

const rowOf = (id: string, visit: Visit, { chosen, trace }: DecideAnswer, accepted: boolean): LoggedDecisionRow => ({
  id,
  customerId: visit.customerId,
  at: visit.nowMs,
  placement: "home",
  channel: "web",
  offerId: chosen?.offer.id ?? null,
  policyVersion: "bench",
  trace,
  reached: true,
  outcomes: accepted ? [{ outcome: "purchase", at: visit.nowMs, value: null }] : [],
  ordered: accepted,
})
