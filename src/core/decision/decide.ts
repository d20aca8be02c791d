import type { Catalogue } from "../catalogue/catalogue.ts"
import type { OfferKind } from "../catalogue/offer.ts"
import type { ExperimentArm } from "../experiment/experiment-schema.ts"
import { draw, uniformOf } from "../measure/draw.ts"
import type { Policy } from "../policy/policy.ts"
import { type PropensityModels, predict } from "../propensity/predict.ts"
import type { PersonalPrior } from "../propensity/prior.ts"
import {
  type ActionDistribution,
  type ActionOption,
  arbitrate,
  type RenderCandidate,
  type RenderedCandidate,
} from "./arbitrate.ts"
import type { AssignedArm } from "./arm.ts"
import {
  type Candidate,
  candidatesFor,
  type DecisionContext,
  keyOf,
  type SelectItems,
  timeZoneOf,
} from "./candidate.ts"
import type { CapacityUsage } from "./capacity-usage.ts"
import { contextAttributes } from "./context-attributes.ts"
import { inArm } from "./in-arm.ts"
import { fatigueOf, type ScoredCandidate, scoreCandidate } from "./score.ts"
import { seedOf } from "./seed.ts"
import { createEligibilityFilter, type Drop } from "./stages.ts"
import { type DecisionTrace, traceOf } from "./trace.ts"
import { tracedTrigger } from "./trigger-facts.ts"

export interface DecideQuestion extends DecisionContext {
  decisionId: string
  /** Counts from 0; recording may refuse an answer, then the question is asked again. */
  attempt: number
  /** Candidates that recording refused in earlier attempts, in order. */
  refused?: readonly RefusedCandidate[]
  /** Absent: decided as in the arm `standard`. */
  arm?: AssignedArm
  /** Absent: the customer takes part in no experiment here. */
  experiment?: ExperimentArm | undefined
}

/** A candidate that recording refused, and why. */
export interface RefusedCandidate extends Drop {
  key: string
}

/** All that a decision draws on beside the question and the policy. */
export interface DecisionInputs {
  catalogue: Pick<Catalogue, "offers" | "items">
  models: PropensityModels
  capacityUsage: CapacityUsage
  /** Binds offers to this customer's best items. */
  selectItems: SelectItems
  /** Affinity of an item to the preference vector. */
  affinity?: (itemId: string) => number
  /** This customer's P(accept | offered) before outcomes decide. */
  prior?: PersonalPrior | null
  renderCandidate: RenderCandidate
}

export interface DecideAnswer {
  /** `null`: nothing is the best that can be done. */
  chosen: RenderedCandidate | null
  kind: OfferKind | "nothing"
  /** The policy's chance of choosing this, exactly. */
  selectionProbability: number
  trace: DecisionTrace
}

/** Number of draws after refusals by recording; after them the answer is `nothing`. */
const maxRedraws = 3

/** The next best offer or `nothing`: candidates → stages → propensity → score → arbitration → one draw whose whole distribution is in the trace. */
export function decide(question: DecideQuestion, inputs: DecisionInputs, policy: Policy): DecideAnswer {
  const { catalogue, models, capacityUsage, selectItems, affinity, prior, renderCandidate } = inputs
  const refused = question.refused ?? []
  const filter = createEligibilityFilter(question, policy, capacityUsage)
  const dropped: { candidate: Candidate; drop: Drop }[] = []
  const survivors: { candidate: Candidate; variables: ReturnType<typeof filter>["variables"] }[] = []
  for (const candidate of candidatesFor(question, catalogue.offers.values(), catalogue.items, selectItems)) {
    const { drop, variables } = filter(candidate)
    const refusal = drop ?? refused.find(({ key }) => key === keyOf(candidate)) ?? null
    if (refusal) dropped.push({ candidate, drop: refusal })
    else survivors.push({ candidate, variables })
  }
  const attributes = contextAttributes(question, policy)
  const { arm } = question
  const known = arm?.name === "propensityOnly" ? { ...models, incremental: null } : models
  const predicted = predict({ ...question, attributes, items: catalogue.items, affinity, prior }, survivors, known)
  const fatigue = fatigueOf(question, policy)
  const { nowMs } = question
  const scored = survivors.map(({ candidate, variables }, n) =>
    scoreCandidate(candidate, predicted.candidates[n]!, predicted.organic[n]!, {
      fatigue,
      nowMs,
      policy,
      variables,
      exchange: question.exchange,
    }),
  )
  const isSpent = question.attempt > maxRedraws
  const standard = isSpent
    ? onlyNothing(scored, policy, renderCandidate)
    : arbitrate(scored, policy, question.nowMs, renderCandidate, models.network)
  const distribution = arm === undefined ? standard : inArm(standard, arm.name, policy)
  const seed = seedOf(question.decisionId, policy.version, question.attempt)
  const uniform = uniformOf(seed)
  const option = pick(distribution, uniform)
  return {
    chosen: option.candidate,
    kind: option.candidate?.offer.kind ?? "nothing",
    selectionProbability: option.probability,
    trace: traceOf({
      distribution,
      arm,
      experiment: question.experiment,
      dropped: [...dropped, ...distribution.removed],
      refused,
      attempt: question.attempt,
      seed,
      uniform,
      policy,
      contextFeatures: predicted.contextFeatures,
      attributes,
      counts: models.counts.filter(({ channel }) => channel === question.channel),
      timeZone: timeZoneOf(question, policy),
      locale: question.locale,
      trigger: question.trigger && tracedTrigger(question.trigger),
      channel: question.channel,
      joins: question.joins,
      exchange: question.exchange,
      itemSpread: question.itemSpread,
    }),
  }
}

/** The option that a uniform number falls on. */
function pick({ options }: Pick<ActionDistribution, "options">, uniform: number): ActionOption {
  const probabilities = options.map(({ probability }) => probability)
  return options[draw(probabilities, uniform)]!
}

const onlyNothing = (
  scored: readonly ScoredCandidate[],
  policy: Policy,
  renderCandidate: RenderCandidate,
): ActionDistribution => ({
  ...arbitrate([], policy, 0, renderCandidate, null),
  removed: scored.map((candidate) => ({
    candidate,
    drop: {
      stage: "contact",
      rule: "redraws",
      reason: `recording refused ${maxRedraws} earlier draws`,
    },
  })),
})
