/** Offers and items as the API of then took them; the first of each names every key of its schema. Never to be renamed. */
export const oldOffers = (madeAtMs: number) => [
  {
    id: "every-key",
    kind: "promotion",
    title: "A quarter off",
    value: 9,
    valueOrganic: 4,
    cost: 0.05,
    currency: "EUR",
    channels: ["email", "web"],
    placements: ["weekly-email", "home-hero", "reminders"],
    stages: ["discover", "evaluate", "buy", "access", "use", "support"],
    eligibility: "customer.orders >= 0.0",
    volume: { made: 500, accepted: 100 },
    theme: "discount",
    purpose: "marketing",
    items: {
      limit: 2,
      filter: { category: ["skin", "soap"], brand: ["Brisa"], attributes: { vegan: [true, false] } },
      repeats: "allowed",
      bind: "together",
    },
    validFrom: new Date(madeAtMs - 86_400_000).toISOString(),
    validTo: new Date(madeAtMs + 700 * 86_400_000).toISOString(),
    content: { headline: "A quarter off" },
    treatments: [
      {
        channels: ["email"],
        locale: "it",
        content: { headline: "Per {{ customer.name }}", url: "https://shop.example/it" },
      },
      { content: { headline: "For {{ customer.name }}: a quarter off", url: "https://shop.example/sale?a=1" } },
    ],
  },
  {
    id: "picks",
    kind: "recommendation",
    title: "For you",
    value: 12,
    items: { limit: 3, bind: "each" },
    treatments: [
      { channels: ["email"], content: { headline: "{{ item.title }}", url: "{{ item.url }}" } },
      { channels: ["web"], content: { headline: "{{ item.title }}" } },
    ],
  },
  {
    id: "bound",
    kind: "promotion",
    title: "The soap, cheaper",
    value: 3,
    itemId: "sapone-cre\u0300me",
    matter: "none",
    content: { headline: "Soap" },
  },
  { id: "ended", kind: "promotion", title: "Ended", value: 1 },
]

export const oldItems = (madeAtMs: number) => [
  {
    // Decomposed, as some keyboards write it: later versions compare ids in Unicode's composed form.
    id: "sapone-cre\u0300me",
    title: "Sapone crème",
    price: 6.5,
    currency: "EUR",
    margin: 3.1,
    stock: 40,
    validFrom: new Date(madeAtMs - 86_400_000).toISOString(),
    validTo: new Date(madeAtMs + 700 * 86_400_000).toISOString(),
    url: "https://shop.example/p/sapone",
    image: "https://shop.example/p/sapone.png",
    brand: "Brisa",
    category: ["skin", "soap"],
    attributes: { vegan: true, grams: 120, scent: "rose", suits: ["dry", "oily"] },
  },
  { id: "gone", title: "Gone", price: 1, currency: "EUR" },
]
