import type { Item } from "../catalogue/item.ts"
import type { Offer } from "../catalogue/offer.ts"
import { emptyHistory, type History } from "../history/history.ts"
import type { Policy } from "../policy/policy.ts"
import type { PropensityModels } from "../propensity/predict.ts"
import type { Channel } from "../schema/channel.ts"
import type { Candidate, DecisionContext } from "./candidate.ts"
import { chancesOf, costFactorIn, rescored } from "./replay.ts"
import { createRuleVariables } from "./rule-variables.ts"
import { contextFactor, leverFactor, scoreOf } from "./score.ts"
import { type Drop, policyDrop } from "./stages.ts"
import { type DecisionTrace, keyOfOption, type TracedOption } from "./trace.ts"

/** A logged decision, with what is known of its customer now as far as rules need it. */
export interface DecisionToReevaluate {
  at: number
  placement: string
  channel: Channel
  trace: DecisionTrace
  customer: (Pick<DecisionContext, "traits" | "consents"> & { history: History }) | null
}

export interface Reevaluation {
  /** The logged options and what the policy makes of them; `nothing` first. */
  options: readonly { option: TracedOption; drop: Drop | null; probability: number }[]
  /** Candidates that the log dropped by a rule which is no more. */
  reinstated: number
}

const ruleStages = ["eligibility", "applicability", "suitability"] as const

/**
 * Reevaluates a logged decision under a policy: its rules, levers and exploration over the logged options with their logged
 * propensities, or with those of another release's `models`. Rules on traits read the customer as known now; contact policy and
 * budgets stay as logged.
 */
export function reevaluateDecision(
  question: DecisionToReevaluate,
  policy: Policy,
  offers: ReadonlyMap<string, Offer>,
  items: ReadonlyMap<string, Item>,
  models: Pick<PropensityModels, "network" | "incremental"> | null = null,
): Reevaluation {
  const { trace, at, placement, channel, customer } = question
  const context: DecisionContext = {
    nowMs: at,
    placement,
    channel,
    history: customer?.history ?? emptyHistory,
    consents: customer?.consents ?? {},
    traits: { ...customer?.traits, timezone: trace.timeZone },
    locale: trace.locale,
    attributes: loggedAttributes(trace),
    trigger: trace.trigger,
  }
  const variablesFor = createRuleVariables(context, policy)
  const reevaluated = withModels(trace, channel, models).map((option) => {
    const candidate = candidateOf(option, offers, items)
    if (candidate === undefined) return { option, drop: null }
    const known = variablesFor(candidate)
    const variables = () => known
    const terms = {
      ...option,
      propensity: option.propensity ?? 0,
      context: contextFactor(candidate, policy, variables),
      lever: leverFactor(candidate, policy, variables, at),
    }
    const drop = policyDrop(candidate, context, policy, variables)
    return { option: { ...option, ...terms, score: scoreOf(terms) }, drop }
  })
  const [nothing, ...rest] = reevaluated.filter(({ drop }) => drop === null).map(({ option }) => option)
  const isCertain = nothing?.offerId !== null
  const eligible = isCertain
    ? reevaluated.filter(({ drop }) => drop === null).map(({ option }) => option)
    : [nothing!, ...rest.sort((a, b) => b.score - a.score).slice(0, policy.maxExplored)]
  const chances =
    eligible.length === 0
      ? []
      : chancesOf(eligible, policy, models?.network ? costFactorIn(eligible, models) : trace.costFactor)
  const chanceOf = new Map(eligible.map((option, n) => [keyOfOption(option), chances[n]!]))
  return {
    options: reevaluated.map(({ option, drop }) => ({
      option,
      drop,
      probability: chanceOf.get(keyOfOption(option)) ?? 0,
    })),
    reinstated: countReinstated(trace, policy),
  }
}

/** The options with the propensities of other models, where those know their kind on the channel. */
function withModels(
  trace: DecisionTrace,
  channel: Channel,
  models: Pick<PropensityModels, "network" | "incremental"> | null,
): readonly TracedOption[] {
  const network = models?.network
  if (!network) return trace.options
  const known = new Set(network.known.filter((pair) => pair.channel === channel).map(({ kind }): string => kind))
  const asked = trace.options.map((option) =>
    (option.propensitySource === "rates" || option.propensitySource === "prior") && known.has(option.kind)
      ? { ...option, propensitySource: "network" as const }
      : option,
  )
  return rescored({ ...trace, options: asked }, channel, models)
}

function candidateOf(
  { offerId, itemId }: TracedOption,
  offers: ReadonlyMap<string, Offer>,
  items: ReadonlyMap<string, Item>,
): Candidate | undefined {
  const offer = offerId === null ? undefined : offers.get(offerId)
  return offer && { offer, item: itemId === undefined ? undefined : items.get(itemId) }
}

const loggedAttributes = ({ attributes }: DecisionTrace) =>
  Object.fromEntries(
    Object.entries(attributes)
      .filter(([name]) => name.startsWith("context."))
      .map(([name, value]) => [name.slice("context.".length), value]),
  )

function countReinstated({ dropped }: DecisionTrace, policy: Policy): number {
  return dropped.filter(({ stage, rule }) => {
    const list = ruleStages.find((name) => name === stage)
    return list !== undefined && rule !== "offer" && !isBuiltIn(rule) && !policy[list].some(({ id }) => id === rule)
  }).length
}

const isBuiltIn = (rule: string) =>
  ["stage", "openCase", "boughtBefore", "returned", "onItsWay", "boughtRecently", "notSilent"].includes(rule)
