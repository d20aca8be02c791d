import { type DecisionToReevaluate, reevaluateDecision } from "../../src/core/decision/reevaluate-decision.ts"
import { decisionTraceSchema, type TracedOption } from "../../src/core/decision/trace.ts"
import { acceptances } from "../../src/core/history/outcome.ts"
import { stages } from "../../src/core/history/stage.ts"
import { draw } from "../../src/core/measure/draw.ts"
import { evaluatePolicy, type LoggedDecision, type PolicyEvaluation } from "../../src/core/measure/evaluate-policy.ts"
import { linearOutcomes } from "../../src/core/measure/linear-outcomes.ts"
import type { Policy, PolicyDraft } from "../../src/core/policy/policy.ts"
import { ApiError } from "../../src/core/problem/problem.ts"
import { contextFeatureNames } from "../../src/core/propensity/decision-features.ts"
import { hourMs } from "../../src/core/time/durations.ts"
import type { LoggedDecisionRow } from "../../src/store/decisions/decision-log.ts"
import { loadRelease } from "../../src/store/releases/load-release.ts"
import type { Store } from "../../src/store/store.ts"
import { writePolicyReport } from "../reports/policy-report.ts"

export interface EvaluateCandidateOptions {
  placement: string
  policy: PolicyDraft
  /** Decisions made in `[from, until)`, milliseconds since the epoch; the latest of them may still be waited for and are left out. */
  from: number
  until: number
  /** Release whose propensities the candidate uses; by default those that were logged. */
  releaseId?: string
  reportFolder: string
  reportId: string
}

export interface EvaluatedCandidate {
  evaluation: PolicyEvaluation
  reportPath: string
  /** Candidates of the log that a rule removed which is no more: their worth was not logged, so they are not in the numbers. */
  reinstated: number
}

interface Option {
  traced: TracedOption
}

type Logged = LoggedDecision<Option> & { question: DecisionToReevaluate }

const catalogueRead = 10_000

/** Estimates the reward of a policy, or a release, at a placement from the decisions logged there; writes a page with plots. */
export async function evaluateCandidate(
  store: Pick<Store, "decisionLog" | "customers" | "offers" | "items" | "releases" | "shopSettings">,
  options: EvaluateCandidateOptions,
): Promise<EvaluatedCandidate> {
  const { placement, from, until, releaseId, reportFolder, reportId } = options
  const policy: Policy = { version: "candidate", placement, ...options.policy }
  const decisions = await readLogged(store, placement, { from, until, waitMs: policy.attributionWindowHours * hourMs })
  if (decisions.length === 0) throw await nothingToReplay(store, options)
  const shop = await readShop(store)
  const release = releaseId === undefined ? null : await readRelease(store, releaseId)
  const models = release && { network: release.propensity, incremental: release.incremental }
  let reinstated = 0
  const evaluation = evaluatePolicy(
    decisions,
    (logged) => {
      const again = reevaluateDecision((logged as Logged).question, policy, shop.offers, shop.items, models)
      reinstated += again.reinstated
      return again.options.map(({ probability }) => probability)
    },
    {
      fitOutcomes: linearOutcomes<Option, LoggedDecision<Option>>((choice, option) =>
        columnsOf(choice.options[option]!),
      ),
    },
  )
  const { currency } = (await store.shopSettings.current()).settings
  const name = releaseId === undefined ? `of ${placement}` : `of ${placement} with release ${releaseId}`
  const facts = { id: reportId, policy: name, from, until, currency }
  return { evaluation, reinstated, reportPath: await writePolicyReport(reportFolder, evaluation, facts) }
}

/** Returns the error that says why no decision can be replayed, and what to wait for or change. */
async function nothingToReplay(
  { decisionLog }: Pick<Store, "decisionLog">,
  { placement, policy, from, until }: EvaluateCandidateOptions,
): Promise<ApiError> {
  const waitMs = policy.attributionWindowHours * hourMs
  const firstAt = new Map<string, number>()
  let waiting = 0
  for await (const rows of decisionLog.read({ from, until, waitMs })) {
    for (const row of rows) {
      if (!firstAt.has(row.placement)) firstAt.set(row.placement, row.at)
      if (row.placement === placement && row.at >= until - waitMs) waiting++
    }
  }
  const say = (what: string) => new ApiError("notFound", what)
  const days = Math.round((until - from) / (24 * hourMs))
  if (waiting > 0) {
    const over = new Date(firstAt.get(placement)! + waitMs).toISOString().slice(0, 16)
    return say(
      `the decisions of ${placement} are too recent: outcomes are awaited for ${policy.attributionWindowHours} hours (attributionWindowHours of the policy), the first until ${over} UTC; ask again after that`,
    )
  }
  const others = [...firstAt.keys()].filter((name) => name !== placement)
  if (others.length > 0) {
    return say(
      `no decision that could be replayed was logged at ${placement} in the last ${days} days; name another with --placement (${others.join(", ")}), or look further back with --days`,
    )
  }
  return say(
    `no decision was logged in the last ${days} days: ask POST /v1/decide for ${placement} first, or look further back with --days`,
  )
}

async function readLogged(
  store: Pick<Store, "decisionLog" | "customers">,
  placement: string,
  range: { from: number; until: number; waitMs: number },
): Promise<Logged[]> {
  const customers = new Map<string, DecisionToReevaluate["customer"]>()
  const decisions: Logged[] = []
  for await (const rows of store.decisionLog.read({ ...range, until: range.until - range.waitMs })) {
    for (const row of rows) {
      if (row.placement !== placement) continue
      if (!customers.has(row.customerId)) customers.set(row.customerId, await store.customers.read(row))
      const logged = loggedDecision(row, range.waitMs, customers.get(row.customerId) ?? null)
      if (logged) decisions.push(logged)
    }
  }
  return decisions
}

/** A logged decision as the estimators see it; `undefined` for one of another kind of trace. */
function loggedDecision(
  row: LoggedDecisionRow,
  waitMs: number,
  customer: DecisionToReevaluate["customer"],
): Logged | undefined {
  const parsed = decisionTraceSchema.safeParse(row.trace)
  if (!parsed.success || parsed.data.options.length === 0) return undefined
  // Drawn by customer, whatever the policy, so that what is left stands for all.
  if (parsed.data.arm?.name === "holdout") return undefined
  const { options, uniform, contextFeatures } = parsed.data
  const probabilities = options.map(({ probability }) => probability)
  const chosen = draw(probabilities, uniform)
  if (options[chosen]!.offerId !== row.offerId) return undefined
  const { at, channel, placement, customerId } = row
  return {
    customerId,
    options: options.map((traced) => ({ traced })),
    chosen,
    probabilities,
    reward: rewardOf(row, options[chosen]!, waitMs),
    segments: { channel, stage: stageOf(contextFeatures) },
    question: { at, placement, channel, trace: parsed.data, customer },
  }
}

/** Returns a decision's reward in money: the value reported with its acceptance, else the offer's, less its cost. */
function rewardOf({ outcomes, at }: LoggedDecisionRow, option: TracedOption, waitMs: number): number {
  if (option.offerId === null) return 0
  const accepted = outcomes.find((one) => acceptances.includes(one.outcome) && one.at <= at + waitMs)
  const isUnconditional = option.propensitySource === "unconditional"
  const brought = accepted ? (accepted.value ?? option.value) : isUnconditional ? option.value : 0
  return brought - option.cost
}

const stageOf = (contextFeatures: readonly number[]) =>
  stages.find((stage) => contextFeatures[contextFeatureNames.indexOf(`stage.${stage}`)] === 1) ?? "discover"

const columnsOf = ({ traced }: Option): number[] => [
  traced.offerId === null ? 1 : 0,
  traced.value,
  traced.propensity ?? 0,
  (traced.propensity ?? 0) * traced.value,
  traced.score,
  ...(["recommendation", "replenishment", "promotion", "retention"] as const).map((kind) =>
    traced.kind === kind ? 1 : 0,
  ),
]

async function readShop({ offers, items }: Pick<Store, "offers" | "items">) {
  const [allOffers, allItems] = await Promise.all([readAll(offers), readAll(items)])
  return {
    offers: new Map(allOffers.map((offer) => [offer.id, offer])),
    items: new Map(allItems.map((item) => [item.id, item])),
  }
}

async function readAll<T extends { id: string }>(documents: {
  list(after: string | null, limit: number): Promise<T[]>
}): Promise<T[]> {
  const all: T[] = []
  while (true) {
    const page = await documents.list(all.at(-1)?.id ?? null, catalogueRead)
    all.push(...page)
    if (page.length < catalogueRead) return all
  }
}

async function readRelease({ releases }: Pick<Store, "releases">, releaseId: string) {
  const record = await releases.read(releaseId)
  if (!record) throw new ApiError("notFound", `there is no release ${releaseId}; list them with: beforehand releases`)
  return loadRelease(releases, record)
}
