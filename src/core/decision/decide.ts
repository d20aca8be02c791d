import type { Catalogue } from "../catalogue/catalogue.ts"
import type { OfferKind } from "../catalogue/offer.ts"
import type { Policy } from "../policy/policy.ts"
import { type PropensityModels, predict } from "../propensity/predict.ts"
import { arbitrate, type Contest, type ContestOption, type Presentable } from "./arbitrate.ts"
import { type Candidate, candidatesFor, keyOf, type SelectItems, type Situation, timeZoneOf } from "./candidate.ts"
import type { CapacityUsage } from "./capacity-usage.ts"
import { draw, uniformOf } from "./draw.ts"
import { factsOf } from "./facts.ts"
import { fatigueOf, type ScoredCandidate, scoreCandidate } from "./score.ts"
import { seedOf } from "./seed.ts"
import { createJudge, type Drop } from "./stages.ts"
import { type DecisionTrace, traceOf } from "./trace.ts"

export interface DecideQuestion extends Situation {
  decisionId: string
  /** Counts from 0; recording may refuse an answer, then the question is asked again. */
  attempt: number
  /** What recording refused in the attempts before, in their order. */
  refused?: readonly Refusal[]
}

/** A candidate that recording refused, and why. */
export interface Refusal extends Drop {
  key: string
}

/** All that a decision draws on beside the question and the policy. */
export interface Knowledge {
  catalogue: Pick<Catalogue, "offers" | "items">
  models: PropensityModels
  capacityUsage: CapacityUsage
  /** Binds offers to this customer's best items. */
  selectItems: SelectItems
  /** How well an item fits the preference vector. */
  affinity?: (itemId: string) => number
  presentable: Presentable
}

export interface DecideAnswer {
  /** `null`: nothing is the best that can be done. */
  chosen: ScoredCandidate | null
  kind: OfferKind | "nothing"
  /** The policy's chance of choosing this, exactly. */
  selectionProbability: number
  trace: DecisionTrace
}

/** How often a draw is repeated without a candidate that recording refused; after that the answer is `nothing`. */
const maxRedraws = 3

/** The next best offer or `nothing`: candidates → stages → propensity → score → arbitration → one draw whose whole distribution is in the trace. */
export function decide(question: DecideQuestion, knowledge: Knowledge, policy: Policy): DecideAnswer {
  const { catalogue, models, capacityUsage, selectItems, affinity, presentable } = knowledge
  const refused = question.refused ?? []
  const judge = createJudge(question, policy, capacityUsage)
  const dropped: { candidate: Candidate; drop: Drop }[] = []
  const survivors: { candidate: Candidate; facts: ReturnType<typeof judge>["facts"] }[] = []
  for (const candidate of candidatesFor(question, catalogue.offers.values(), catalogue.items, selectItems)) {
    const { drop, facts } = judge(candidate)
    const refusal = drop ?? refused.find(({ key }) => key === keyOf(candidate)) ?? null
    if (refusal) dropped.push({ candidate, drop: refusal })
    else survivors.push({ candidate, facts })
  }
  const facts = factsOf(question, policy)
  const predicted = predict({ ...question, facts, items: catalogue.items, affinity }, survivors, models)
  const fatigue = fatigueOf(question, policy)
  const { nowMs } = question
  const scored = survivors.map(({ candidate, facts: known }, n) =>
    scoreCandidate(candidate, predicted.candidates[n]!, predicted.organic[n]!, {
      fatigue,
      nowMs,
      policy,
      facts: known,
    }),
  )
  const isSpent = question.attempt > maxRedraws
  const contest = isSpent
    ? onlyNothing(scored, policy)
    : arbitrate(scored, policy, question.nowMs, presentable, models.network)
  const seed = seedOf(question.decisionId, policy.version, question.attempt)
  const uniform = uniformOf(seed)
  const option = pick(contest, uniform)
  return {
    chosen: option.candidate,
    kind: option.candidate?.offer.kind ?? "nothing",
    selectionProbability: option.probability,
    trace: traceOf({
      contest,
      dropped: [...dropped, ...contest.removed],
      refused,
      attempt: question.attempt,
      seed,
      uniform,
      policy,
      situation: predicted.situation,
      facts,
      counts: models.counts.filter(({ channel }) => channel === question.channel),
      timeZone: timeZoneOf(question, policy),
      locale: question.locale,
      channel: question.channel,
      joins: question.joins,
    }),
  }
}

/** The option that a uniform number falls on. */
function pick({ options }: Pick<Contest, "options">, uniform: number): ContestOption {
  const probabilities = options.map(({ probability }) => probability)
  return options[draw(probabilities, uniform)]!
}

const onlyNothing = (scored: readonly ScoredCandidate[], policy: Policy): Contest => ({
  ...arbitrate([], policy, 0, () => null, null),
  removed: scored.map((candidate) => ({
    candidate,
    drop: {
      stage: "contact",
      rule: "redraws",
      reason: `${maxRedraws} other draws were refused when they were recorded`,
    },
  })),
})
