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
import { defaultPolicy, type Policy, policyDraftSchema } from "../../../src/core/policy/policy.ts"
import { affinityOf } from "../../../src/core/preference/affinity.ts"
import { foldVector } from "../../../src/core/preference/fold-vector.ts"
import { decisionFeatures } from "../../../src/core/propensity/decision-features.ts"
import type { Release } from "../../../src/core/release/release.ts"
import type { Channel } from "../../../src/core/schema/channel.ts"
import { dayMs } from "../../../src/core/time/durations.ts"
import { pastOf } from "../../data/past.ts"
import { fitRelease } from "../../learn/fit-release.ts"
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
      orders: false,
    })
  }

  let next = 0
  let release: Release | undefined
  for (const event of shop.events()) {
    if (event.at >= beginsMs) {
      release ??= await fitStartingRelease(records.histories(), shop.items, beginsMs)
      while (next < count && times[next]! <= event.at) addPoint(times[next++]!, release)
    }
    const userId = records.add(event)
    if (event.name === "Order Completed" && userId !== undefined)
      orderTimes.set(userId, [...(orderTimes.get(userId) ?? []), event.at])
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
