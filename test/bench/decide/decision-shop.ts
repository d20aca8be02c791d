import { createRandom } from "../../../models/random.ts"
import { simulateShop } from "../../../models/simulate/simulate-shop.ts"
import type { World } from "../../../models/simulate/world.ts"
import type { Item } from "../../../src/core/catalogue/item.ts"
import type { Offer } from "../../../src/core/catalogue/offer.ts"
import type { Channel, Consent } from "../../../src/core/customer/consent.ts"
import { candidatesFor, explorableKinds, type Situation } from "../../../src/core/decision/candidate.ts"
import { defaultPolicy, type Policy, policyDraftSchema } from "../../../src/core/decision/policy.ts"
import { createJudge } from "../../../src/core/decision/stages.ts"
import { createGoldenRecords } from "./golden-records.ts"

/** A question somebody's arrival asks, with what its answer would really bring. */
export interface Moment {
  customerId: string
  situation: Situation
  /** What may be offered, beside nothing. */
  survivors: readonly Offer[]
  /** P(the offer moves this customer now), one a survivor. */
  probability: Float64Array
}

export interface DecisionShop {
  offers: readonly Offer[]
  items: ReadonlyMap<string, Item>
  policy: Policy
  /** In order of time. */
  moments: readonly Moment[]
}

const dayMs = 86_400_000
const endMs = Date.UTC(2026, 5, 15) - 1
const decisionDays = 120
const channels: readonly Channel[] = ["web", "app", "email"]

/** Asks at `count` moments of the last months of a simulated shop, of customers it knows by then; their events go on whatever is answered. */
export function openDecisionShop(world: World, seed: number, count: number): DecisionShop {
  const shop = simulateShop(world, seed, endMs)
  const { truth } = shop
  const offers = shop.offers.filter(({ kind }) => explorableKinds.has(kind))
  const items = new Map(shop.items.map((item) => [item.id, item]))
  const policy: Policy = {
    ...defaultPolicy,
    ...policyDraftSchema.parse({ offers: { kinds: [...explorableKinds] } }),
    version: "bench",
  }
  const consents = new Map<string, Record<string, Consent>>()
  for (const { customer, purpose, consent } of shop.consents) {
    const userId = truth.userIdOf(customer)
    if (userId !== undefined) consents.set(userId, { ...consents.get(userId), [purpose]: consent })
  }
  const random = createRandom(seed, 0x6d6f6d)
  const times = Float64Array.from({ length: count }, () => endMs - random() * decisionDays * dayMs).sort()
  const records = createGoldenRecords()
  const moments: Moment[] = []
  const ask = (nowMs: number) => {
    const known = records.userIds()
    if (known.length === 0) return
    const customerId = known[Math.floor(random() * known.length)]!
    const channel = channels[Math.floor(random() * channels.length)]!
    const situation = {
      nowMs: Math.floor(nowMs),
      placement: "bench",
      channel,
      history: records.historyOf(customerId),
      consents: consents.get(customerId) ?? {},
    }
    const judge = createJudge(situation, policy, new Map())
    const survivors = candidatesFor(situation, offers, items, () => [])
      .filter((candidate) => judge(candidate).drop === null)
      .map(({ offer }) => offer)
    if (survivors.length === 0) return
    const context = { channel, atMs: situation.nowMs }
    const probability = Float64Array.from(survivors, (offer) => truth.inducedProbability(customerId, offer, context))
    moments.push({ customerId, situation, survivors, probability })
  }
  let next = 0
  for (const event of shop.events()) {
    while (next < count && times[next]! < event.at) ask(times[next++]!)
    records.add(event)
  }
  while (next < count) ask(times[next++]!)
  return { offers, items, policy, moments }
}

/** What a survivor is truly worth at a moment, in money. */
export const worthOf = ({ survivors, probability }: Moment, option: number): number =>
  probability[option]! * survivors[option]!.value - survivors[option]!.cost
