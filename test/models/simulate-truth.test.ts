import { expect, test } from "vitest"
import { createRandom } from "../../models/random.ts"
import { createSetting } from "../../models/simulate/setting.ts"
import { simulateShop } from "../../models/simulate/simulate-shop.ts"
import { defaultWorld, randomWorld, type World } from "../../models/simulate/world.ts"
import type { IncomingEvent } from "../../src/core/history/event.ts"

const dayMs = 86_400_000
const endMs = Date.UTC(2026, 5, 15) - 1
const horizonDays = 30
const cutMs = endMs - horizonDays * dayMs

/** Standard errors between what was expected and what happened, the customer as the unit. */
function zScore(differences: ReadonlyMap<string, number>): number {
  const values = [...differences.values()]
  const sum = values.reduce((total, value) => total + value, 0)
  return sum / Math.sqrt(values.reduce((total, value) => total + value ** 2, 0))
}

const add = (totals: Map<string, number>, key: string, value: number) => totals.set(key, (totals.get(key) ?? 0) + value)

const isOrganic = ({ name, properties }: IncomingEvent) => name === "Order Completed" && properties.coupon === undefined

const worlds: readonly (readonly [string, World, number])[] = [
  ["the default world", { ...defaultWorld, customers: 700 }, 11],
  ["a random world", { ...randomWorld(5), customers: 500 }, 12],
  [
    "a world of departures, launches and moods",
    { ...randomWorld(6), customers: 500, churnPerYear: 1.2, launchShare: 0.6, moodSpread: 0.9 },
    13,
  ],
]

test.each(worlds)(
  "in %s, purchases of a month are as frequent as organic demand says, rare and likely ones alike",
  (_, world, seed) => {
    const { truth, events } = simulateShop(world, seed, endMs)
    const bought = new Map(truth.userIds.map((userId) => [userId, new Set<string>()]))
    for (const event of events()) {
      if (!isOrganic(event) || event.at <= cutMs) continue
      const userId = event.identifiers.map(truth.userIdOf).find((found) => found !== undefined)!
      for (const { itemId } of event.lines) bought.get(userId)!.add(itemId)
    }
    const edges = [0, 0.002, 0.02, 0.1, 1]
    const differences = edges.slice(1).map(() => new Map<string, number>())
    const expected = edges.slice(1).map(() => 0)
    for (const userId of truth.userIds) {
      for (const [item, probability] of truth.organicDemand(userId, cutMs, horizonDays).entries()) {
        const band = Math.max(0, edges.findIndex((edge) => probability <= edge) - 1)
        const isBought = bought.get(userId)!.has(truth.itemIds[item]!)
        if (probability > 0) add(differences[band]!, userId, Number(isBought) - probability)
        else if (isBought) throw new Error(`${userId} bought what they could not`)
        expected[band]! += probability
      }
    }
    for (const [band, byCustomer] of differences.entries()) {
      expect(expected[band], `expected purchases up to ${edges[band + 1]}`).toBeGreaterThan(8)
      expect(Math.abs(zScore(byCustomer)), `up to ${edges[band + 1]}`).toBeLessThan(3.3)
    }
  },
)

test("lines go back as often as the return probability says, among the liked and the less liked", () => {
  const { truth, events } = simulateShop({ ...defaultWorld, customers: 1000 }, 21, endMs)
  const probabilities = new Map<string, { userId: string; probability: number }>()
  const returned = new Set<string>()
  for (const { name, at, identifiers, lines, properties } of events()) {
    const keyOf = (itemId: string) => `${properties.orderId} ${itemId}`
    if (name === "Order Refunded") for (const { itemId } of lines) returned.add(keyOf(itemId))
    if (name !== "Order Completed" || at > cutMs) continue
    const userId = identifiers.map(truth.userIdOf).find((found) => found !== undefined)!
    for (const { itemId } of lines)
      probabilities.set(keyOf(itemId), { userId, probability: truth.returnProbability(userId, itemId, at) })
  }
  const sorted = [...probabilities].sort(([, a], [, b]) => a.probability - b.probability)
  const half = sorted.length >> 1
  for (const lines of [sorted.slice(0, half), sorted.slice(half)]) {
    const differences = new Map<string, number>()
    for (const [key, { userId, probability }] of lines)
      add(differences, userId, Number(returned.has(key)) - probability)
    expect(Math.abs(zScore(differences))).toBeLessThan(3.3)
  }
})

test("campaigns move as many readers as the induced probability says", () => {
  const calm = { lateDeliveryShare: 0, complaintOtherwise: 0, responseBase: 0.02, emailsPerMonth: 4 }
  const world = { ...defaultWorld, ...calm, customers: 700 }
  const { truth, events } = simulateShop(world, 31, endMs)
  const { people, mailed, timeline } = createSetting(world, 31, endMs)
  const knownFrom = new Map<string, number>()
  const differences = new Map<string, number>()
  for (const { name, at, identifiers, properties } of events()) {
    const userId = identifiers.map(truth.userIdOf).find((found) => found !== undefined)
    if (userId === undefined) continue
    if (name === "Customer Identified" && !knownFrom.has(userId)) knownFrom.set(userId, timeline.dayOf(at) + 1)
    if (name === "Order Completed" && properties.coupon !== undefined) add(differences, userId, 1)
  }
  for (const { customer } of people) {
    if (!customer.marketing) continue
    const from = knownFrom.get(customer.userId) ?? Number.POSITIVE_INFINITY
    for (let day = 6; day < timeline.days; day += 7) {
      if (day < from || day >= customer.departureDay) continue
      const context = { channel: "email" as const, atMs: timeline.startOf(day) + 9 * 3_600_000 }
      const sum = mailed.reduce((total, offer) => total + truth.inducedProbability(customer.userId, offer, context), 0)
      add(differences, customer.userId, -sum / mailed.length)
    }
  }
  expect(Math.abs(zScore(differences))).toBeLessThan(3.3)
})

test("needs return as often within a time as the need probability says, and what is no need never does", () => {
  const world = { ...defaultWorld, customers: 700 }
  const { truth } = simulateShop(world, 35, endMs)
  const { people, catalogue, timeline } = createSetting(world, 35, endMs)
  const cutDay = timeline.dayOf(cutMs)
  const differences = new Map<string, number>()
  let expected = 0
  for (const { customer, calendar } of people) {
    const itemOf = (type: number) => catalogue.items[catalogue.itemsOfType[type]![0]!]!.id
    const other = catalogue.itemsOfType.findIndex((_, type) => !customer.needs.includes(type))
    expect(truth.needProbability(customer.userId, itemOf(other), cutMs - 90 * dayMs, endMs)).toBe(0)
    if (customer.departureDay < timeline.days) continue
    for (const type of customer.needs) {
      const last = calendar.occasions.findLast((occasion) => occasion.type === type && occasion.day <= cutDay)
      if (last === undefined) continue
      const by = (untilMs: number) =>
        truth.needProbability(customer.userId, itemOf(type), timeline.startOf(last.day), untilMs)
      const before = by(cutMs)
      const probability = (by(endMs) - before) / (1 - before)
      const returned = calendar.occasions.some(({ day, type: of }) => of === type && day > cutDay)
      add(differences, customer.userId, Number(returned) - probability)
      expected += probability
    }
  }
  expect(expected).toBeGreaterThan(100)
  expect(Math.abs(zScore(differences))).toBeLessThan(3.3)
})

test("true taste recommends clearly better than popularity, and popularity than chance", () => {
  const { truth, events } = simulateShop({ ...defaultWorld, customers: 800 }, 41, endMs)
  const counts = new Map<string, number>()
  const bought = new Map<string, Set<string>>()
  for (const { name, at, identifiers, lines } of events()) {
    if (name !== "Order Completed") continue
    const userId = identifiers.map(truth.userIdOf).find((found) => found !== undefined)!
    for (const { itemId } of lines) {
      if (at <= cutMs) add(counts, itemId, 1)
      else bought.set(userId, (bought.get(userId) ?? new Set()).add(itemId))
    }
  }
  const random = createRandom(1)
  const recall20 = (scoreOf: (userId: string) => (itemId: string, index: number) => number) => {
    const recalls = [...bought].map(([userId, wanted]) => {
      const score = scoreOf(userId)
      const ranked = truth.itemIds.map((itemId, index) => ({ itemId, score: score(itemId, index) }))
      const top = ranked.sort((a, b) => b.score - a.score).slice(0, 20)
      return top.filter(({ itemId }) => wanted.has(itemId)).length / wanted.size
    })
    return recalls.reduce((sum, recall) => sum + recall, 0) / recalls.length
  }
  const chance = recall20(() => random)
  const popularity = recall20(() => (itemId) => counts.get(itemId) ?? 0)
  const taste = recall20((userId) => {
    const utilities = truth.taste(userId, cutMs)
    return (_, index) => utilities[index]!
  })
  expect(popularity).toBeGreaterThan(2 * chance)
  expect(taste).toBeGreaterThan(1.5 * popularity)
  expect(taste).toBeLessThan(0.9)
})

test("what people would keep and what they buy anyway are different things, and liking moves both", () => {
  const { truth } = simulateShop({ ...defaultWorld, customers: 120 }, 51, endMs)
  const kept: number[] = []
  const keptOfLiked: number[] = []
  const boughtOfLiked: number[] = []
  for (const userId of truth.userIds) {
    const utilities = truth.taste(userId, endMs)
    const demand = truth.organicDemand(userId, endMs, horizonDays)
    const ranked = [...utilities.keys()].sort((a, b) => utilities[b]! - utilities[a]!)
    for (const [rank, item] of ranked.entries()) {
      const probability = truth.keepProbability(userId, truth.itemIds[item]!, endMs)
      kept.push(probability)
      if (rank >= 5) continue
      keptOfLiked.push(probability)
      boughtOfLiked.push(demand[item]!)
    }
  }
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length
  expect(mean(keptOfLiked)).toBeGreaterThan(0.7)
  expect(mean(kept)).toBeLessThan(0.6)
  expect(mean(boughtOfLiked)).toBeLessThan(0.2)
})

test("an accepted offer is one that moves the customer, or what they would have bought within a week", () => {
  const { truth, offers } = simulateShop({ ...defaultWorld, customers: 30 }, 61, endMs)
  const offer = offers.find(({ kind }) => kind === "replenishment")!
  const item = truth.itemIds.indexOf(offer.itemId!)
  for (const userId of truth.userIds) {
    const context = { channel: "email" as const, atMs: cutMs }
    const organic = truth.organicDemand(userId, cutMs, 7)[item]!
    const induced = truth.inducedProbability(userId, offer, context)
    expect(truth.responseProbability(userId, offer, context)).toBeCloseTo(1 - (1 - organic) * (1 - induced), 12)
    expect(truth.inducedProbability(userId, offer, { ...context, recentContacts: 3 })).toBeLessThan(induced)
    expect(truth.inducedProbability(userId, offer, { ...context, openCase: true })).toBeLessThan(induced)
  }
  expect(() => truth.taste("nobody", cutMs)).toThrow("no customer nobody")
})

test("no single offer suits everybody: the best reaches at most 60 % of what knowing everybody gains over chance", () => {
  for (const seed of [1, 2, 3]) {
    const { truth, offers } = simulateShop({ ...randomWorld(seed), customers: 150 }, seed, endMs)
    const byMail = offers.filter(({ kind, itemId }) => itemId !== undefined || kind === "retention")
    const values = truth.userIds.map((userId) =>
      byMail.map((offer) => {
        const probability = truth.responseProbability(userId, offer, { channel: "email", atMs: endMs })
        return probability * offer.value - offer.cost
      }),
    )
    const sum = (numbers: readonly number[]) => numbers.reduce((total, value) => total + value, 0)
    const chance = sum(values.map((row) => sum(row) / row.length))
    const best = Math.max(...byMail.map((_, column) => sum(values.map((row) => row[column]!))))
    const oracle = sum(values.map((row) => Math.max(0, ...row)))
    expect((best - chance) / (oracle - chance), `world ${seed}`).toBeLessThan(0.6)
  }
})
