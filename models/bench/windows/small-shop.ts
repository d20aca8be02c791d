import type { Event } from "../../../src/core/history/event.ts"
import type { Dataset } from "../../data/dataset.ts"
import { loadDataset } from "../../data/dataset.ts"
import { below, createRandom, type Random } from "../../random.ts"

const day = 86_400_000
const startMs = Date.UTC(2024, 0, 1)

/** Ranges that a small shop is drawn from, evenly: lowest and highest. */
const ranges = {
  customers: [150, 500],
  items: [40, 150],
  days: [300, 700],
  /** Kinds of taste; each item is of one. */
  tastes: [3, 8],
  /** Days between two orders of a customer, on average. */
  gapDays: [50, 200],
  /** Items a basket holds at most. */
  basket: [1, 4],
  /** The share of what a customer buys that is of their own taste. */
  ownShare: [0.6, 0.9],
  /** The share of lines that repeat something bought before. */
  repeatShare: [0, 0.3],
  /** Popularity within a taste falls with the rank to this power. */
  popularity: [0.5, 1.1],
} as const

export type SmallShop = Record<keyof typeof ranges, number>

const whole = new Set<keyof SmallShop>(["customers", "items", "days", "tastes", "basket"])

export function drawSmallShop(random: Random): SmallShop {
  const drawn = Object.entries(ranges).map(([name, [low, high]]) => {
    const value = low + (high - low) * random()
    return [name, whole.has(name as keyof SmallShop) ? Math.round(value) : value]
  })
  return Object.fromEntries(drawn) as SmallShop
}

interface Customer {
  id: string
  events: Event[]
}

/** Few customers who seldom return: each has a taste, comes some day and then at random, and buys mostly of it. */
export function simulateSmallShop(shop: SmallShop, seed: number): Customer[] {
  const random = createRandom(seed, 11)
  const tasteOf = Array.from({ length: shop.items }, () => below(random, shop.tastes))
  const itemsOf = Array.from({ length: shop.tastes }, (_, taste) =>
    Array.from(tasteOf.keys()).filter((item) => tasteOf[item] === taste),
  )
  const everything = Array.from(tasteOf.keys())
  const pick = (items: readonly number[]): number => {
    const weights = items.map((_, rank) => (rank + 1) ** -shop.popularity)
    let left = random() * weights.reduce((sum, weight) => sum + weight, 0)
    for (const [rank, weight] of weights.entries()) {
      left -= weight
      if (left <= 0) return items[rank]!
    }
    return items[0]!
  }
  return Array.from({ length: shop.customers }, (_, customer) => {
    const own = itemsOf[below(random, shop.tastes)]!
    const bought: number[] = []
    const events: Event[] = []
    let at = shop.days * random()
    while (at < shop.days) {
      const lines = new Set<number>()
      const size = 1 + below(random, shop.basket)
      for (let line = 0; line < size; line++) {
        if (bought.length > 0 && random() < shop.repeatShare) lines.add(bought[below(random, bought.length)]!)
        else lines.add(pick(own.length > 0 && random() < shop.ownShare ? own : everything))
      }
      bought.push(...lines)
      events.push({
        messageId: `${customer}-${events.length}`,
        at: startMs + at * day,
        name: "Order Completed",
        lines: [...lines].map((item) => ({ itemId: `item-${item}`, quantity: 1 })),
        properties: {},
      })
      at += -shop.gapDays * Math.log(1 - random())
    }
    return { id: `c-${String(customer).padStart(4, "0")}`, events }
  }).filter(({ events }) => events.length > 0)
}

export function datasetOf(customers: readonly Customer[]): Promise<Dataset> {
  const batches = async function* () {
    for (const { id, events } of customers) yield events.map((event) => ({ ...event, customerId: id }))
  }
  return loadDataset(batches())
}
