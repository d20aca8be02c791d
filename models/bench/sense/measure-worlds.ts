import { weighCustomers } from "../../../src/actions/plans/weigh-customers.ts"
import { createCandidateColumns } from "../../../src/core/plan/candidate-columns.ts"
import { createForecaster } from "../../../src/core/plan/plan-forecast.ts"
import { createPlanTally } from "../../../src/core/plan/plan-tally.ts"
import { type PlanRequest, planRequestSchema } from "../../../src/core/policy/plan-request.ts"
import { type Answer, contentPath, decide, itemsIn } from "./answers.ts"
import { comparePlans } from "./compare-plans.ts"
import { countNamed, shareOf, worstOf } from "./count-named.ts"
import type { CustomerFacts } from "./customer-facts.ts"
import { type OpenWorld, openWorld } from "./open-world.ts"
import { mapInTurn, readFacts, suggestionPlan } from "./product.ts"
import { rankPropensities, type TracedOption, type Weighed } from "./rank-propensities.ts"
import { trueNeeds } from "./true-needs.ts"

export interface WorldsOptions {
  seeds: readonly number[]
  asked: number
  budgetSeconds: string | undefined
  closing: (() => unknown)[]
  say: (line: string) => void
}

type Figures = Record<string, number | null>

/** Measures simulated shops one after the other, each in a database of its own; means over the shops, then each shop's figures. */
export async function measureWorlds({ seeds, asked, budgetSeconds, closing, say }: WorldsOptions) {
  const worlds: Figures[] = []
  for (const seed of seeds) {
    const own: (() => unknown)[] = []
    const close = async () => {
      for (let end = own.pop(); end !== undefined; end = own.pop()) await end()
    }
    closing.push(close)
    say(`world ${seed}`)
    const figures = await measureWorld(await openWorld({ seed, budgetSeconds, closing: own, say }), asked)
    await close()
    say(`world ${seed}: ${JSON.stringify(figures)}`)
    worlds.push(figures)
  }
  const keys = Object.keys(worlds[0] ?? {})
  return {
    ...Object.fromEntries(keys.map((key) => [key, meanOf(worlds.map((figures) => figures[key]!))])),
    seeds,
    worlds,
  }
}

function meanOf(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null)
  return known.length === 0 ? null : rounded(known.reduce((sum, value) => sum + value, 0) / known.length)
}

const rounded = (value: number | null) => (value === null || Number.isNaN(value) ? null : Math.round(value * 1e4) / 1e4)

async function measureWorld(world: OpenWorld, asked: number): Promise<Figures> {
  const { product, shop } = world
  const nowMs = Date.now()
  const userIdOf = await readUserIds(world)
  const { currency } = world.services.settings.current()
  const request = { ...planRequestSchema.parse({ ...suggestionPlan, holdoutShare: 0 }), currency }
  // Plans first: an e-mail that was asked for keeps its customer out of a plan for a week.
  const candidates = await readCandidates(world, request)
  const { sends, shares } = await comparePlans(world, request, { userIdOf, nowMs })

  const people = await readBuyers(world, [...userIdOf.keys()], asked)
  const facts = new Map(people)
  const unread = [...new Set(sends.map(({ customerId }) => customerId))].filter((id) => !facts.has(id))
  await mapInTurn(unread, async (customerId) => facts.set(customerId, await readFacts(product, customerId)))
  const customerIds = people.map(([customerId]) => customerId)
  const decided = await mapInTurn(customerIds, async (customerId): Promise<Weighed> => {
    const answer = await decide(product, userIdOf.get(customerId)!, "home-hero", "web")
    const { trace } = await product.get<{ trace: { options: TracedOption[] } }>(`/v1/decisions/${answer.decisionId}`)
    return { customerId, answer, options: trace.options.filter(({ offerId }) => offerId !== null) }
  })
  const contents = await mapInTurn(customerIds, async (customerId) => ({
    customerId,
    answer: await product.get<Answer>(contentPath(userIdOf.get(customerId)!, "sense", "json")),
  }))

  const needs = trueNeeds(shop, { facts, userIdOf, nowMs })
  const priceOf = new Map(shop.items.map(({ id, price = 0 }) => [id, price]))
  const counted = [namedBy(decided), namedBy(contents), sends].map((named) => ({
    ...countNamed(
      named.map(({ customerId, itemId }) => ({ customerId, offerId: "any", itemIds: [itemId] })),
      { asked: named.length, factsBy: facts, priceOf, nowMs },
    ),
    tooSoon: shareOf(named, needs.isTooSoon),
  }))
  const figures: Figures = {
    ...(await rankPropensities(world, decided, { userIdOf, nowMs })),
    tooSoon: worstOf(counted.map(({ tooSoon }) => tooSoon)),
    ...needsMet(decided, candidates, needs.of),
    ...shares,
    planItems: counted.at(-1)!.distinct,
    planTopShare: counted.at(-1)!.topShare,
    priceBeyond: worstOf(counted.map(({ priceBeyond }) => priceBeyond)),
    planPriceBeyond: counted.at(-1)!.priceBeyond,
  }
  return Object.fromEntries(Object.entries(figures).map(([key, value]) => [key, rounded(value)]))
}

/** Returns the user ids of the customers who ever logged in, by customer id. */
async function readUserIds({ product, shop }: OpenWorld): Promise<Map<string, string>> {
  const found = await mapInTurn(shop.truth.userIds, async (userId) => {
    const record = await product.get<{ customerId: string }>(`/v1/customers/userId:${userId}`).catch(() => null)
    return record === null ? [] : [[record.customerId, userId] as const]
  })
  return new Map(found.flat())
}

/** Returns the facts of so many customers who ordered, spread over all. */
async function readBuyers({ product }: OpenWorld, customerIds: readonly string[], count: number) {
  const found: [string, CustomerFacts][] = []
  const step = Math.max(1, Math.floor(customerIds.length / (2 * count)))
  for (let n = 0; n < customerIds.length && found.length < count; n += step) {
    const facts = await readFacts(product, customerIds[n]!)
    if (facts.orderTimes.length > 0) found.push([customerIds[n]!, facts])
  }
  return found
}

/** Returns the items that a plan may choose from, by customer. */
async function readCandidates({ services }: OpenWorld, request: PlanRequest): Promise<Map<string, Set<string>>> {
  const columns = createCandidateColumns()
  const forecaster = createForecaster(services.live.current()!, services.catalogue.current())
  if (forecaster === null) throw new Error("the release has no keep model: leave out --budget-seconds or raise it")
  await weighCustomers(services, request, { forecaster, tally: createPlanTally(), columns, onCustomers: () => {} })
  const found = new Map<string, Set<string>>()
  for (let row = 0; row < columns.rows(); row++) {
    const { customerId } = columns.customerOf(row)
    found.set(customerId, (found.get(customerId) ?? new Set()).add(columns.rowAt(row).itemId))
  }
  return found
}

const namedBy = (answers: readonly { customerId: string; answer: Answer }[]) =>
  answers.flatMap(({ customerId, answer }) =>
    answer.offer === null || answer.fallback ? [] : itemsIn(answer).map((itemId) => ({ customerId, itemId })),
  )

/**
 * Returns the share of needs whose item is among the offers weighed or a plan's candidates: of those that have more likely returned than
 * not, and of all by how likely they return soon.
 */
function needsMet(
  decided: readonly Weighed[],
  candidates: ReadonlyMap<string, ReadonlySet<string>>,
  needsOf: ReturnType<typeof trueNeeds>["of"],
) {
  const needs = decided.flatMap(({ customerId, options }) => {
    const offered = new Set(options.flatMap(({ itemId, itemIds = [] }) => [...(itemId ? [itemId] : []), ...itemIds]))
    const planned = candidates.get(customerId)
    return needsOf(customerId).map((need) => ({
      ...need,
      byOffers: offered.has(need.itemId),
      byPlan: planned === undefined ? null : planned.has(need.itemId),
    }))
  })
  const isMet = ({ byOffers, byPlan }: (typeof needs)[number]) => byOffers || byPlan === true
  const returned = needs.filter(({ returned }) => returned >= 0.5)
  const soon = needs.reduce((sum, need) => sum + need.soon, 0)
  return {
    needMet: shareOf(returned, isMet),
    needMetByOffers: shareOf(returned, ({ byOffers }) => byOffers),
    needMetByPlan: shareOf(
      returned.filter(({ byPlan }) => byPlan !== null),
      ({ byPlan }) => byPlan === true,
    ),
    needMetSoon: needs.reduce((sum, need) => sum + (isMet(need) ? need.soon : 0), 0) / soon,
    needs: returned.length,
  }
}
