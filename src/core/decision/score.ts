import type { Policy } from "../policy/policy.ts"
import type { PriorTerms } from "../propensity/prior.ts"
import type { CandidatePropensity } from "../propensity/propensities.ts"
import { evaluateRule, type RuleVariables } from "../rules/rule.ts"
import { boundedMoney } from "../schema/money.ts"
import { rateOf } from "../settings/exchange.ts"
import { type Candidate, type DecisionContext, serviceKinds } from "./candidate.ts"
import { isLive, type Reservation } from "./contact.ts"

/** The terms of a candidate's score; money is a contribution margin. */
export interface ScoreTerms {
  /** P(accept | offered). */
  propensity: number
  /** P(accepts the same without being offered it); `null`: the data cannot say yet. */
  organicPropensity: number | null
  value: number
  valueOrganic: number
  cost: number
  fatigue: number
  context: number
  lever: number
}

/** A rendered offer: the fields of its treatment, or its own texts. */
export interface RenderedOffer {
  content: Readonly<Record<string, string>>
  /** `html` has its variables escaped; `text` is plain. */
  contentType: "html" | "text"
}

export interface ScoredCandidate extends Candidate {
  terms: ScoreTerms
  source: CandidatePropensity["source"]
  prior?: PriorTerms
  features: Float32Array
  score: number
}

/** (P · value − P(organic) · valueOrganic − cost − fatigue) × context × lever, in money. */
export const scoreOf = ({
  propensity,
  organicPropensity,
  value,
  valueOrganic,
  cost,
  fatigue,
  context,
  lever,
}: ScoreTerms) => (propensity * value - (organicPropensity ?? 0) * valueOrganic - cost - fatigue) * context * lever

interface ScoringContext {
  fatigue: number
  nowMs: number
  policy: Policy
  variables: () => RuleVariables
  exchange: DecisionContext["exchange"]
}

/** Gives a survivor the terms of its score; `fatigue` is that of the channel, in money. */
export function scoreCandidate(
  candidate: Candidate,
  { propensity, source, prior, features }: CandidatePropensity,
  organicPropensity: number | null,
  { fatigue, nowMs, policy, variables, exchange }: ScoringContext,
): ScoredCandidate {
  const { offer, item, slots } = candidate
  const rate = rateOf(exchange, offer.currency) ?? 0
  const ofItem = (item?.margin ?? 0) * (rateOf(exchange, item?.currency) ?? 0)
  const terms: ScoreTerms = {
    propensity,
    organicPropensity,
    value: boundedMoney(offer.value * rate),
    valueOrganic: boundedMoney(offer.valueOrganic === undefined ? ofItem : offer.valueOrganic * rate),
    cost: boundedMoney(offer.cost * rate),
    fatigue: serviceKinds.has(offer.kind) ? 0 : fatigue,
    context: contextFactor(candidate, policy, variables),
    lever: leverFactor(candidate, policy, variables, nowMs),
  }
  const scored: ScoredCandidate = { offer, item, terms, source, features, score: scoreOf(terms) }
  if (slots) scored.slots = slots
  if (prior) scored.prior = prior
  return scored
}

/** Returns the cost of recent contacts on the channel for the next one, in money. */
export function fatigueOf({ channel, reservations = [], nowMs }: DecisionContext, { fatigue }: Policy): number {
  const price = fatigue.perContact[channel] ?? 0
  if (price === 0) return 0
  const since = nowMs - fatigue.windowHours * 3_600_000
  const recent = reservations.filter((held) => held.channel === channel && isLive(held, nowMs) && madeAt(held) > since)
  return price * new Set(recent.map(({ contactGroup, decisionId }) => contactGroup ?? decisionId)).size
}

const madeAt = ({ activatedAt, reservedAt }: Reservation) => activatedAt ?? reservedAt

const bounded = (factor: number) => Math.min(2, Math.max(0.5, factor))

/** The product of the context factors that are known to hold, in [0.5, 2]. */
export function contextFactor({ offer }: Candidate, { context }: Policy, variables: () => RuleVariables): number {
  if (context.length === 0) return 1
  const applied = context.filter(
    ({ kinds, rule }) => (kinds?.includes(offer.kind) ?? true) && evaluateRule(rule, variables()) === true,
  )
  return bounded(applied.reduce((product, { factor }) => product * factor, 1))
}

/** The product of the levers that stand at `nowMs` and are known to hold, in [0.5, 2]. */
export function leverFactor(
  { offer }: Candidate,
  { levers }: Policy,
  variables: () => RuleVariables,
  nowMs: number,
): number {
  if (levers.length === 0) return 1
  const applied = levers.filter(
    ({ kinds, offers, rule, expiresAt }) =>
      Date.parse(expiresAt) > nowMs &&
      (kinds?.includes(offer.kind) ?? true) &&
      (offers?.includes(offer.id) ?? true) &&
      (rule === undefined || evaluateRule(rule, variables()) === true),
  )
  return bounded(applied.reduce((product, { factor }) => product * factor, 1))
}
