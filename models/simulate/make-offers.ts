import { type Offer, offerSchema } from "../../src/core/catalogue/offer.ts"
import { createRandom } from "../random.ts"
import type { Catalogue } from "./make-catalogue.ts"
import { productTypes } from "./product-types.ts"
import { streams } from "./streams.ts"

const discounts = [10, 12, 15, 18, 20]
const promotions = 12
/** In euro; the margin of one much dearer item would outweigh everybody's taste. */
const promotedPrices = { least: 10, most: 28 }
const replenishments = 8

/** The offers of the demo shop: some bound to items, and one or two of every other kind that is not a parcel. */
export function makeOffers({ items, typeOf, popularity }: Catalogue, seed: number): Offer[] {
  const random = createRandom(seed, streams.offers)
  const firstOfEachType = (found: readonly number[]) =>
    found.filter((item, place) => found.findIndex((other) => typeOf[other] === typeOf[item]) === place)
  const inStock = [...items.keys()].filter((item) => items[item]!.stock !== 0)
  const appealing = inStock
    .map((item) => ({ item, rank: popularity[item]! + 2 * random() }))
    .sort((a, b) => b.rank - a.rank)
    .map(({ item }) => item)
  const promotable = appealing.filter((item) => isPromotable(items[item]!))
  const promoted = firstOfEachType(promotable)
  const consumed = promotable.filter((item) => productTypes[typeOf[item]!]!.renewalDays <= 65)
  const offers = [
    ...promoted
      .slice(0, promotions)
      .map((item, place) => promotionOf(items[item]!, discounts[place % discounts.length]!)),
    ...firstOfEachType(consumed.filter((item) => !promoted.includes(item)))
      .slice(0, replenishments)
      .map((item) => replenishmentOf(items[item]!)),
    ...standing,
  ]
  return offers.map((offer) => offerSchema.parse(offer))
}

type BoundItem = Catalogue["items"][number]
type OfferInput = Parameters<typeof offerSchema.parse>[0]

const isPromotable = ({ price = 0 }: BoundItem) => price >= promotedPrices.least && price <= promotedPrices.most
const marginOf = ({ margin = 0 }: BoundItem) => margin

function promotionOf(item: BoundItem, discountPercent: number): OfferInput {
  const value = marginOf(item) - ((item.price ?? 0) * discountPercent) / 100
  return {
    id: `promotion-${item.id}`,
    kind: "promotion",
    title: `${discountPercent} % off ${item.title}`,
    value: Number(value.toFixed(2)),
    cost: 0.02,
    channels: ["web", "app", "email", "push"],
    itemId: item.id,
    discount: { percent: discountPercent },
    content: { headline: `${discountPercent} % off this week`, discountPercent: String(discountPercent) },
  }
}

function replenishmentOf(item: BoundItem): OfferInput {
  return {
    id: `replenishment-${item.id}`,
    kind: "replenishment",
    title: `Time for a new ${item.title}?`,
    value: marginOf(item),
    cost: 0.02,
    channels: ["web", "app", "email", "push"],
    itemId: item.id,
    content: { headline: "Running low?", text: `We can have ${item.title} with you in two days.` },
  }
}

const standing: readonly OfferInput[] = [
  {
    id: "recommendation-for-you",
    kind: "recommendation",
    title: "Chosen for you",
    value: 6,
    channels: ["web", "app", "email", "store", "call-centre"],
    content: { headline: "Chosen for you" },
  },
  {
    id: "retention-welcome-back",
    kind: "retention",
    title: "15 % off your next order",
    value: 3.5,
    cost: 0.02,
    channels: ["email", "push", "call-centre", "post"],
    discount: { percent: 15 },
    content: { headline: "We have missed you", discountPercent: "15" },
  },
  {
    id: "retention-free-delivery",
    kind: "retention",
    title: "Free delivery this month",
    value: 4,
    cost: 0.02,
    channels: ["web", "app", "email"],
    content: { headline: "Delivery is on us", discountPercent: "8" },
  },
  {
    id: "extra-sample",
    kind: "extra",
    title: "A sample in your next parcel",
    value: 0.7,
    cost: 0.6,
    channels: ["web", "app", "store", "post"],
    content: { headline: "A little something to try" },
  },
  {
    id: "recovery-voucher",
    kind: "recovery",
    title: "An apology and a voucher of 5 euro",
    value: 4,
    cost: 3,
    channels: ["email", "app", "call-centre"],
    content: { headline: "We are sorry", text: "Please take 5 euro off your next order." },
  },
  {
    id: "notice-late-delivery",
    kind: "notice",
    caseType: "delay",
    title: "Your parcel is late",
    value: 0,
    cost: 0.02,
    channels: ["email", "app", "sms", "push"],
    content: { headline: "Your parcel is late", text: "It is on its way, and we will tell you when it arrives." },
  },
]
