import type { Item } from "../../src/core/catalogue/item.ts"
import { type Offer, offerSchema } from "../../src/core/catalogue/offer.ts"
import { fold } from "../../src/core/history/fold.ts"
import { emptyHistory, type History } from "../../src/core/history/history.ts"
import { below, createRandom, hashNormal, normal, type Random } from "../random.ts"
import type { World } from "./world.ts"

/** One question of a decision world: all of it may be logged. */
export interface Visit {
  customerId: string
  nowMs: number
  history: History
  /** How much the customer said to like each of the shop's themes. */
  interests: readonly number[]
  orders: number
}

/**
 * A shop of a dozen competing offers whose acceptance is known given what can be logged, so that the best decision by the logged
 * features alone is known exactly. Hidden taste, mood and temper are normal and independent of them, and are integrated out.
 */
export interface DecisionWorld {
  offers: readonly Offer[]
  items: readonly Item[]
  visits: number
  visit(n: number): Visit
  /** P(accept | what is logged) of each offer at visit `n`, hidden drivers integrated out. */
  chances(n: number): Float64Array
  /** Whether the customer would accept each offer at visit `n`, hidden drivers included; 1 or 0. */
  outcomes(n: number): Uint8Array
}

const kinds = ["promotion", "recommendation", "retention"] as const
const categories = 6
const offerCount = 12
const hourMs = 3_600_000
const dayMs = 24 * hourMs
/** Visits to one customer, so that few can be learnt by heart. */
const visitsPerCustomer = 3
const startMs = Date.UTC(2025, 0, 6)

/** A year of `visits` in a world; ranges that a world does not state: acceptance of a middling offer 5 to 15 %, margins 3 to 15. */
export function createDecisionWorld(world: World, seed: number, visits: number): DecisionWorld {
  const random = createRandom(seed, 0x6465_6369)
  const dimensions = world.tasteDimensions
  const vectors = (count: number) => Array.from({ length: count }, () => unit(dimensions, random))
  const items = makeItems(random)
  const offers = makeOffers(items, random)
  const [tastes, tastesTo] = [vectors(offerCount), vectors(offerCount)]
  const appeal = offers.map(() => 0.35 * world.popularitySpread * normal(random))
  const peaks = kinds.map(() => 24 * random())
  const loyalty = kinds.map(() => 0.4 * normal(random))
  const hourly = 0.3 + 0.4 * random()
  const base = Math.log(0.05 + 0.1 * random())
  const hidden = Math.hypot(world.hiddenTasteStrength, world.idiosyncrasy, 0.7 * world.responseSpread, world.moodSpread)
  let last: { n: number; visit: Visit; logits: Float64Array } | undefined
  const at = (n: number) => {
    if (last?.n !== n) {
      const visit = visitOf(n, seed, dimensions, items, visits)
      last = { n, visit, logits: logitsOf(n, visit) }
    }
    return last
  }
  const logitsOf = (n: number, { nowMs, interests, history, orders }: Visit): Float64Array => {
    const share = n / visits
    const angle = world.driftPerYear * share
    const hour = (nowMs % dayMs) / hourMs
    const touched = categoryShares(history)
    return Float64Array.from(offers, (_, o) => {
      const kind = o % kinds.length
      let fit = 0
      for (let d = 0; d < dimensions; d++) {
        fit += interests[d]! * (Math.cos(angle) * tastes[o]![d]! + Math.sin(angle) * tastesTo[o]![d]!)
      }
      const season = world.seasonality * Math.cos(2 * Math.PI * (share - o / offerCount))
      return (
        base +
        appeal[o]! +
        world.tasteStrength * fit +
        1.2 * ((touched[o % categories] ?? 0) - 1 / categories) +
        hourly * Math.cos((2 * Math.PI * (hour - peaks[kind]!)) / 24) +
        loyalty[kind]! * (Math.log1p(orders) - 1) +
        0.5 * season
      )
    })
  }
  return {
    offers,
    items,
    visits,
    visit: (n) => at(n).visit,
    chances: (n) => at(n).logits.map((logit) => meanLogistic(logit, hidden)),
    outcomes(n) {
      const customer = Math.floor(n / visitsPerCustomer)
      const mood = world.moodSpread * hashNormal(seed, 11, n)
      const temper = 0.7 * world.responseSpread * hashNormal(seed, 12, customer)
      const own = Math.hypot(world.hiddenTasteStrength, world.idiosyncrasy)
      const draws = createRandom(seed, 13, n)
      return Uint8Array.from(at(n).logits, (logit, o) => {
        const chance = logistic(logit + mood + temper + own * hashNormal(seed, 14, customer, o))
        return draws() < chance ? 1 : 0
      })
    },
  }
}

function visitOf(n: number, seed: number, dimensions: number, items: readonly Item[], visits: number): Visit {
  const customer = Math.floor(n / visitsPerCustomer)
  const random = createRandom(seed, 21, customer)
  const interests = Array.from({ length: dimensions }, () => Number(normal(random).toFixed(3)))
  const orders = below(random, 6)
  const favourite = below(random, categories)
  const touches = 2 + below(random, 6)
  const firstMs = startMs - 200 * dayMs
  const events = Array.from({ length: touches }, (_, k) => {
    const category = random() < 0.6 ? favourite : below(random, categories)
    const ordered = k < orders
    return {
      messageId: `${customer}-${k}`,
      at: Math.floor(firstMs + 190 * dayMs * random()),
      name: ordered ? "Order Completed" : "Product Viewed",
      lines: [{ itemId: items[category + categories * below(random, 2)]!.id, quantity: 1 }],
      properties: {},
    }
  })
  const when = createRandom(seed, 22, n)
  const day = Math.floor((n / visits) * 365)
  return {
    customerId: `00000000-0000-7000-8000-${customer.toString(16).padStart(12, "0")}`,
    nowMs: startMs + day * dayMs + Math.floor(when() * dayMs),
    history: fold(emptyHistory, events),
    interests,
    orders: Math.min(orders, touches),
  }
}

/** Of what a customer touched, purchases counting more, the share of each category: as the features count it. */
function categoryShares({ items }: History): Float64Array {
  const shares = new Float64Array(categories)
  for (const [id, { views, carts, purchases }] of Object.entries(items)) {
    shares[Number(id.slice(5)) % categories]! += 0.3 * views + 0.6 * carts + purchases
  }
  const total = shares.reduce((sum, value) => sum + value, 0)
  return total === 0 ? shares : shares.map((value) => value / total)
}

const makeItems = (random: Random): Item[] =>
  Array.from({ length: offerCount }, (_, n) => ({
    id: `item-${n}`,
    title: `Item ${n}`,
    price: Number((8 + 30 * random()).toFixed(2)),
    currency: "EUR",
    category: [`category-${n % categories}`],
  }))

const makeOffers = (items: readonly Item[], random: Random): Offer[] =>
  items.map(({ id }, n) =>
    offerSchema.parse({
      id: `offer-${n}`,
      kind: kinds[n % kinds.length],
      title: `Offer ${n}`,
      value: Number((5 + 5 * random()).toFixed(2)),
      cost: 0.2,
      itemId: id,
    }),
  )

function unit(dimensions: number, random: Random): number[] {
  const vector = Array.from({ length: dimensions }, () => normal(random))
  const length = Math.hypot(...vector)
  return vector.map((value) => value / length)
}

const logistic = (logit: number) => 1 / (1 + Math.exp(-logit))

/** Gauss and Hermite's ten points: the mean of a function of a standard normal variable. */
const points = [0.4849357075154976, 1.4659890943911582, 2.484325841638955, 3.5818234835519269, 4.859462828332312]
const pointWeights = [0.344642334932019, 0.1354837029802677, 0.0191115805007703, 0.0007580709343122, 4.3106526307183e-6]

/** E σ(logit + deviation · Z) for a standard normal Z. */
function meanLogistic(logit: number, deviation: number): number {
  let mean = 0
  points.forEach((point, n) => {
    mean += pointWeights[n]! * (logistic(logit + deviation * point) + logistic(logit - deviation * point))
  })
  return mean
}
