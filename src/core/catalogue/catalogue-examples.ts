import { story } from "../schema/example-story.ts"

export const itemExample = {
  id: story.itemId,
  title: "Corvelle Herbal Linden Lip Tint 4 ml",
  price: 22.95,
  currency: "EUR",
  margin: 9.57,
  stock: 58,
  url: `https://shop.example/items/${story.itemId}`,
  brand: "Corvelle",
  category: ["make-up", "lip-colour"],
  attributes: { vegan: true, sizeMl: 4, ingredient: "Linden" },
}

/** A change of the same item. */
export const itemPatchExample = {
  id: itemExample.id,
  at: "2026-06-01T08:30:00Z",
  patch: { price: 19.95, stock: 41, attributes: { vegan: null, season: "summer" } },
}

/** The same item as frontends are shown it. */
export const itemViewExample = {
  title: itemExample.title,
  price: itemExample.price,
  currency: itemExample.currency,
  url: itemExample.url,
  brand: itemExample.brand,
  category: itemExample.category,
}

export const offerExample = {
  id: `promotion-${story.itemId}`,
  kind: "promotion",
  title: "10 % off Corvelle Herbal Linden Lip Tint 4 ml",
  value: 7.28,
  cost: 0.02,
  currency: "EUR",
  channels: ["web", "app", "email", "push"],
  itemId: itemExample.id,
  discount: { percent: 10 },
  content: { headline: "10 % off this week" },
}
