import type { Item } from "../catalogue/item.ts"
import type { Offer } from "../catalogue/offer.ts"
import type { Channel } from "../customer/consent.ts"
import { emptyHistory, type History } from "../history/history.ts"
import type { Candidate, Situation } from "./candidate.ts"
import type { Policy } from "./policy.ts"
import { chancesOf } from "./replay.ts"
import { contextFactor, leverFactor, scoreOf } from "./score.ts"
import { createJudge, type Drop } from "./stages.ts"
import { type DecisionTrace, keyOfOption, type TracedOption } from "./trace.ts"

/** A logged decision, with what is known of its customer now as far as rules need it. */
export interface LoggedQuestion {
  at: number
  placement: string
  channel: Channel
  trace: DecisionTrace
  customer: (Pick<Situation, "traits" | "consents"> & { history: History }) | null
}

export interface JudgedAgain {
  /** The logged options and what the policy makes of them; `nothing` first. */
  options: readonly { option: TracedOption; drop: Drop | null; probability: number }[]
  /** Candidates that the log dropped by a rule which is no more. */
  returning: number
}

const ruleStages = ["eligibility", "applicability", "suitability"] as const
const logged: readonly string[] = ["available", "channel", "consent", "service", "contact", "budget"]

/**
 * What a policy would have made of a logged decision: its rules, levers and exploration over the logged options with their logged
 * propensities. Rules on traits see the customer as known now; contact policy and budgets stay as they were logged.
 */
export function judgeAgain(
  question: LoggedQuestion,
  policy: Policy,
  offers: ReadonlyMap<string, Offer>,
  items: ReadonlyMap<string, Item>,
): JudgedAgain {
  const { trace, at, placement, channel, customer } = question
  const situation: Situation = {
    nowMs: at,
    placement,
    channel,
    history: customer?.history ?? emptyHistory,
    consents: customer?.consents ?? {},
    traits: { ...customer?.traits, timezone: trace.timeZone },
    locale: trace.locale,
    context: contextOf(trace),
  }
  const judge = createJudge(situation, { ...policy, contact: unlimited(policy), budget: null }, new Map())
  const judged = trace.options.map((option) => {
    const candidate = candidateOf(option, offers, items)
    if (candidate === undefined) return { option, drop: null }
    const { drop, facts } = judge(candidate)
    const isRule = drop && !(logged.includes(drop.stage) && drop.rule !== "offers" && drop.rule !== "placement")
    const terms = {
      ...option,
      propensity: option.propensity ?? 0,
      context: contextFactor(candidate, policy, facts),
      lever: leverFactor(candidate, policy, facts, at),
    }
    return { option: { ...option, ...terms, score: scoreOf(terms) }, drop: isRule ? drop : null }
  })
  const [nothing, ...rest] = judged.filter(({ drop }) => drop === null).map(({ option }) => option)
  const isCertain = nothing?.offerId !== null
  const standing = isCertain
    ? judged.filter(({ drop }) => drop === null).map(({ option }) => option)
    : [nothing!, ...rest.sort((a, b) => b.score - a.score).slice(0, policy.maxExplored)]
  const chances = standing.length === 0 ? [] : chancesOf(standing, policy)
  const chanceOf = new Map(standing.map((option, n) => [keyOfOption(option), chances[n]!]))
  return {
    options: judged.map(({ option, drop }) => ({ option, drop, probability: chanceOf.get(keyOfOption(option)) ?? 0 })),
    returning: returningOf(trace, policy),
  }
}

function candidateOf(
  { offerId, itemId }: TracedOption,
  offers: ReadonlyMap<string, Offer>,
  items: ReadonlyMap<string, Item>,
): Candidate | undefined {
  const offer = offerId === null ? undefined : offers.get(offerId)
  return offer && { offer, item: itemId === undefined ? undefined : items.get(itemId) }
}

const contextOf = ({ facts }: DecisionTrace) =>
  Object.fromEntries(
    Object.entries(facts)
      .filter(([name]) => name.startsWith("context."))
      .map(([name, value]) => [name.slice("context.".length), value]),
  )

const unlimited = ({ contact }: Policy): Policy["contact"] => ({ ...contact, caps: [], pauses: [], quietHours: null })

function returningOf({ dropped }: DecisionTrace, policy: Policy): number {
  return dropped.filter(({ stage, rule }) => {
    const list = ruleStages.find((name) => name === stage)
    return list !== undefined && rule !== "offer" && !isBuiltIn(rule) && !policy[list].some(({ id }) => id === rule)
  }).length
}

const isBuiltIn = (rule: string) => ["stage", "openMatter", "boughtBefore"].includes(rule)
