import type { Item } from "../../../src/core/catalogue/item.ts"
import type { Offer } from "../../../src/core/catalogue/offer.ts"
import type { Consent } from "../../../src/core/customer/consent.ts"
import {
  type Candidate,
  candidatesFor,
  type DecisionContext,
  explorableKinds,
} from "../../../src/core/decision/candidate.ts"
import { createEligibilityFilter } from "../../../src/core/decision/stages.ts"
import type { History } from "../../../src/core/history/history.ts"
import { defaultPolicy, type Policy, policyDraftSchema } from "../../../src/core/policy/policy.ts"
import { affinityOf } from "../../../src/core/preference/affinity.ts"
import { foldVector } from "../../../src/core/preference/fold-vector.ts"
import { decisionFeatures } from "../../../src/core/propensity/decision-features.ts"
import { type PersonalPrior, personalPrior } from "../../../src/core/propensity/prior.ts"
import type { Release } from "../../../src/core/release/release.ts"
import type { Channel } from "../../../src/core/schema/channel.ts"
import { dayMs } from "../../../src/core/time/durations.ts"
import { pastOf } from "../../data/past.ts"
import { fitRelease } from "../../learn/fit-release.ts"
import type { ChoiceCase } from "../../propensity/fit-choice.ts"
import { choiceModel } from "../../propensity/learn-choice.ts"
import { createRandom } from "../../random.ts"
import { startingConfiguration } from "../../search/configuration.ts"
import { simulateShop } from "../../simulate/simulate-shop.ts"
import type { World } from "../../simulate/world.ts"
import { createGoldenRecords } from "./golden-records.ts"
import { makeOffers } from "./make-offers.ts"

/** One decision to make, with the true value of each option. */
export interface DecisionPoint {
  customerId: string
  context: DecisionContext
  /** The offers that may be made, without `nothing`. */
  survivors: readonly Offer[]
  /** True P(accept | offered), one a survivor. */
  probability: Float64Array
  /** Expected value of each survivor at its true probability, in money. */
  expectedValue: Float64Array
  /** Logged features of the context and of each survivor. */
  contextFeatures: Float32Array
  survivorFeatures: readonly Float32Array[]
  affinity: (itemId: string) => number
  prior: PersonalPrior | null
  /** True when the customer orders within the waiting time, whatever is offered. */
  orders: boolean
}

export interface DecisionShop {
  offers: readonly Offer[]
  items: ReadonlyMap<string, Item>
  policy: Policy
  /** In order of time. */
  points: readonly DecisionPoint[]
}

export const waitMs = 7 * dayMs
const endMs = Date.UTC(2026, 5, 15) - 1
const decisionDays = 120
/** The days before the decisions whose orders teach the prior. */
const choiceMs = 30 * dayMs
const channels: readonly Channel[] = ["web", "app", "email"]

/** Simulates a shop and returns up to `count` decision points of its last 120 days, of customers known by then; no decision changes later events. */
export async function openDecisionShop(world: World, seed: number, count: number): Promise<DecisionShop> {
  const shop = simulateShop(world, seed, endMs)
  const { truth } = shop
  const offers = makeOffers(shop, seed)
  const items = new Map(shop.items.map((item) => [item.id, item]))
  const policy = policyFor(offers)
  const consentsOf = new Map<string, Record<string, Consent>>()
  for (const { customer, purpose, consent } of shop.consents) {
    const userId = truth.userIdOf(customer)
    if (userId !== undefined) consentsOf.set(userId, { ...consentsOf.get(userId), [purpose]: consent })
  }
  const random = createRandom(seed, 0x6d6f6d)
  const beginsMs = endMs - decisionDays * dayMs
  const times = Float64Array.from({ length: count }, () => Math.floor(beginsMs + random() * (endMs - beginsMs))).sort()
  const records = createGoldenRecords()
  const points: DecisionPoint[] = []
  const orderTimes = new Map<string, number[]>()

  const addPoint = (nowMs: number, release: Release) => {
    const known = records.userIds()
    const customerId = known[Math.floor(random() * known.length)]!
    const channel = channels[Math.floor(random() * channels.length)]!
    const history = records.historyOf(customerId)
    const context = { nowMs, placement: "bench", channel, history, consents: consentsOf.get(customerId) ?? {} }
    const eligibility = createEligibilityFilter(context, policy, new Map())
    const candidates = candidatesFor(context, offers, items, () => []).filter(
      (candidate) => eligibility(candidate).drop === null,
    )
    if (candidates.length === 0) return
    const affinity = affinitiesOf(context, candidates, release)
    const prior = priorsOf(context, candidates, release, items)
    const features = decisionFeatures({ ...context, items, affinity })
    const probability = Float64Array.from(candidates, ({ offer }) =>
      truth.inducedProbability(customerId, offer, { channel, atMs: nowMs }),
    )
    points.push({
      customerId,
      context,
      survivors: candidates.map(({ offer }) => offer),
      probability,
      expectedValue: probability.map(
        (p, option) => p * candidates[option]!.offer.value - candidates[option]!.offer.cost,
      ),
      contextFeatures: features.context,
      survivorFeatures: candidates.map((candidate) => features.of(candidate)),
      affinity,
      prior,
      orders: false,
    })
  }

  const withChoice = (fitted: Release): Release => {
    const { release: before, historyOf } = earlier!
    const cases = [...boughtBy].flatMap(([userId, bought]): ChoiceCase[] => {
      const history = historyOf.get(userId)
      return history === undefined ? [] : [{ history, bought }]
    })
    const terms = { release: fitted, histories: records.histories(), rebuy: null, items, until: beginsMs }
    return { ...fitted, choice: choiceModel(cases, { release: before, cut: beginsMs - choiceMs }, terms) }
  }

  let next = 0
  let release: Release | undefined
  let earlier: { release: Release; historyOf: ReadonlyMap<string, History> } | undefined
  const boughtBy = new Map<string, Set<string>>()
  for (const event of shop.events()) {
    if (event.at >= beginsMs - choiceMs && earlier === undefined) {
      const known = records.userIds().map((userId) => [userId, records.historyOf(userId)] as const)
      const fitted = await fitStartingRelease(records.histories(), shop.items, beginsMs - choiceMs)
      earlier = { release: fitted, historyOf: new Map(known) }
    }
    if (event.at >= beginsMs) {
      release ??= withChoice(await fitStartingRelease(records.histories(), shop.items, beginsMs))
      while (next < count && times[next]! <= event.at) addPoint(times[next++]!, release)
    }
    const userId = records.add(event)
    if (event.name !== "Order Completed" || userId === undefined) continue
    orderTimes.set(userId, [...(orderTimes.get(userId) ?? []), event.at])
    if (event.at < beginsMs - choiceMs || event.at >= beginsMs) continue
    boughtBy.set(userId, new Set([...(boughtBy.get(userId) ?? []), ...event.lines.map(({ itemId }) => itemId)]))
  }
  for (const point of points) {
    const { nowMs } = point.context
    point.orders = (orderTimes.get(point.customerId) ?? []).some((at) => at > nowMs && at <= nowMs + waitMs)
  }
  return { offers, items, policy, points }
}

/** Returns the default policy for the kinds that customers accept or refuse; rewards range from the highest cost to a third of the highest value. */
function policyFor(offers: readonly Offer[]): Policy {
  const low = -Math.max(...offers.map(({ cost }) => cost))
  const high = Math.max(...offers.map(({ value }) => value)) / 3
  const draft = policyDraftSchema.parse({
    offers: { kinds: [...explorableKinds] },
    rewardBounds: { low, high },
  })
  return { ...defaultPolicy, ...draft, version: "bench" }
}

const fitStartingRelease = (histories: Parameters<typeof pastOf>[0], items: readonly Item[], untilMs: number) =>
  fitRelease(
    pastOf(histories, untilMs, items),
    startingConfiguration(1),
    { threads: 1 },
    { id: "bench", createdAt: untilMs },
  )

function affinitiesOf({ history }: DecisionContext, candidates: readonly Candidate[], release: Release) {
  const affinity = affinityOf({ history, vector: foldVector(history, release) }, release)
  const known = new Map(candidates.flatMap(({ item }) => (item ? [[item.id, affinity(item.id)] as const] : [])))
  return (itemId: string) => known.get(itemId) ?? Number.NaN
}

/** Keeps the terms of the candidates' items, so that a point holds no more than those. */
function priorsOf(
  { history, nowMs }: DecisionContext,
  candidates: readonly Candidate[],
  release: Release,
  items: ReadonlyMap<string, Item>,
): PersonalPrior {
  const prior = personalPrior({ history, vector: foldVector(history, release), nowMs }, release, items)!
  const known = new Map(candidates.flatMap(({ item }) => (item ? [[item.id, prior.item([item.id])] as const] : [])))
  const orders = prior.orders()
  return {
    orders: () => orders,
    item: ([itemId]) => (itemId === undefined ? undefined : known.get(itemId)) ?? { taste: 0, price: 0 },
  }
}
