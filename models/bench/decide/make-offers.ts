import { type Offer, offerSchema } from "../../../src/core/catalogue/offer.ts"
import { createRandom } from "../../random.ts"
import type { Shop } from "../../simulate/shop.ts"

const bound = 18
/** In money; close together, so that who accepts matters more than what an offer earns. */
const values = { least: 4, most: 6 }

/** Returns promotions and replenishments of items from as many categories as there are, of similar value, and the shop's offers without an item. */
export function makeOffers(shop: Pick<Shop, "items" | "offers">, seed: number): Offer[] {
  const random = createRandom(seed, 0x6f666665)
  const shuffled = shop.items
    .filter(({ stock, price = 0 }) => stock !== 0 && price >= 8 && price <= 40)
    .map((item) => ({ item, place: random() }))
    .sort((a, b) => a.place - b.place)
    .map(({ item }) => item)
  const categoryOf = ({ category = [] }: (typeof shuffled)[number]) => category.at(-1)
  const first = shuffled.filter(
    (item, n) => shuffled.findIndex((other) => categoryOf(other) === categoryOf(item)) === n,
  )
  const chosen = [...new Set([...first, ...shuffled])].slice(0, bound)
  const boundOffers = chosen.map((item, n) =>
    offerSchema.parse({
      id: `offer-${n}`,
      kind: n % 3 === 2 ? "replenishment" : "promotion",
      title: item.title,
      value: Number((values.least + random() * (values.most - values.least)).toFixed(2)),
      cost: 0.02,
      itemId: item.id,
      ...(n % 3 !== 2 && { content: { discountPercent: "10" } }),
    }),
  )
  const free = shop.offers.filter(({ kind, itemId }) => (kind === "recommendation" || kind === "retention") && !itemId)
  return [...boundOffers, ...free]
}
