import { createRandom } from "../../models/random.ts"
import type { Item } from "../../src/core/catalogue/item.ts"
import type { Offer } from "../../src/core/catalogue/offer.ts"
import type { IncomingEvent } from "../../src/core/history/event.ts"

const dayMs = 86_400_000
const pastDays = 180
const itemsPerCategory = 100
const favourites = 3
const meanMoments = 12

export const itemIdOf = (number: number): string => `sku-${String(number).padStart(6, "0")}`

/** Items in categories of a hundred; prices are a fair copy of nothing but arithmetic. */
export const madeItems = (count: number): Item[] =>
  Array.from({ length: count }, (_, n) => ({
    id: itemIdOf(n),
    title: `Item ${n}`,
    price: 5 + ((n * 37) % 95),
    currency: "EUR",
    margin: 1 + ((n * 37) % 95) / 5,
    url: `https://shop.example/items/${n}`,
    brand: `Brand ${n % 200}`,
    category: [`category ${n % categoriesOf(count)}`],
  }))

/** One offer that recommends, and forty of single items on the web and by e-mail. */
export const madeOffers = (items: number): Offer[] => [
  { id: "picks", kind: "recommendation", title: "Picked for you", value: 1, cost: 0, currency: "EUR", content: {} },
  ...Array.from(
    { length: 40 },
    (_, n): Offer => ({
      id: `promotion-${n}`,
      kind: "promotion",
      title: `Ten percent off item ${n}`,
      value: 1 + (n % 7),
      cost: 0.01,
      currency: "EUR",
      channels: ["web", "email"],
      itemId: itemIdOf(Math.floor((n * items) / 40)),
      content: { headline: "Ten percent off" },
    }),
  ),
]

const categoriesOf = (items: number) => Math.max(1, Math.floor(items / itemsPerCategory))

/**
 * Makes the events of customer `u-<number>` in the 180 days before `endMs`, oldest first: a dozen in the mean, four of five in three
 * favourite categories, mostly views, some carts and orders; popular items are the low numbers of their category.
 */
export function madeEvents(number: number, items: number, endMs: number): IncomingEvent[] {
  const random = createRandom(number, 6)
  const categories = categoriesOf(items)
  const liked = Array.from({ length: favourites }, () => Math.floor(random() * categories))
  const moments = 1 + Math.floor(-Math.log(1 - random()) * meanMoments)
  const times = Array.from({ length: moments }, () => Math.floor(endMs - random() * pastDays * dayMs))
  return times
    .sort((a, b) => a - b)
    .map((at, moment) => {
      const category = random() < 0.8 ? liked[Math.floor(random() * favourites)]! : Math.floor(random() * categories)
      const place = Math.floor(itemsPerCategory * random() ** 2)
      const itemId = itemIdOf(Math.min(items - 1, category + place * categories))
      const kind = random()
      const name = kind < 0.6 ? "Product Viewed" : kind < 0.75 ? "Product Added" : "Order Completed"
      return {
        messageId: `made-${number}-${moment}`,
        at,
        name,
        lines: [{ itemId, quantity: 1 }],
        properties: {},
        identifiers: [{ type: "userId", value: `u-${number}` }],
      }
    })
}
