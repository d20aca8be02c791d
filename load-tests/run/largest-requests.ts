export interface LargestRequest {
  route: string
  method: string
  path: string
  /** Another one each time, so that nothing is known already. */
  body?: (attempt: number) => unknown
}

const range = (length: number) => Array.from({ length }, (_, n) => n)
const text = (length: number) => "word ".repeat(Math.ceil(length / 5)).slice(0, length)
const product = (n: number) => ({ product_id: `sku-${n}`, price: 9.5, quantity: 1 })

const batch = (attempt: number, calls: number, people: number) => ({
  batch: range(calls).map((n) => ({
    type: "track",
    messageId: `${attempt}-${people}-${n}`,
    userId: `batch-${attempt}-${n % people}`,
    event: "Order Completed",
    properties: { order_id: `${attempt}-${n}`, products: [product(n % 400)] },
  })),
})

const item = (n: number) => ({
  id: `large-${n}`,
  title: text(500),
  price: 10,
  currency: "EUR",
  url: `https://shop.example/${text(1500).replaceAll(" ", "-")}`,
  category: range(20).map((c) => `category ${c}`),
  attributes: Object.fromEntries(range(100).map((a) => [`attribute ${a}`, a])),
})

const offer = (n: number) => ({
  id: `large-${n}`,
  kind: "promotion",
  title: text(100),
  value: 1,
  validTo: "2001-01-01T00:00:00Z",
  treatments: range(10).map((t) => ({
    locale: `it-${String(t).padStart(2, "0")}`,
    content: { headline: `{{ offer.title }} ${text(200)}`, text: text(200) },
  })),
})

/** The largest that each kind of route takes, by number where the number is what costs, else by bytes. */
export const largestRequests: readonly LargestRequest[] = [
  { route: "batch of one customer", method: "POST", path: "/v1/batch", body: (n) => batch(n, 2500, 1) },
  { route: "batch of 2,500 customers", method: "POST", path: "/v1/batch", body: (n) => batch(n, 2500, 2500) },
  {
    route: "track",
    method: "POST",
    path: "/v1/track",
    body: (n) => ({
      userId: "track",
      messageId: `track-${n}`,
      event: "Order Completed",
      properties: { order_id: `track-${n}`, products: range(500).map(product) },
    }),
  },
  {
    route: "recommend",
    method: "POST",
    path: "/v1/recommend",
    body: () => ({
      customer: { userId: "u-17" },
      limit: 100,
      exclude: range(1000).map((n) => `unknown-${n}`),
      explain: true,
    }),
  },
  {
    route: "rank",
    method: "POST",
    path: "/v1/rank",
    body: () => ({
      customer: { userId: "u-17" },
      items: range(500).map((n) => `sku-${String(n).padStart(4, "0")}`),
      explain: true,
    }),
  },
  {
    route: "decide",
    method: "POST",
    path: "/v1/decide",
    body: () => ({
      customer: { userId: "u-17" },
      placement: "home-hero",
      channel: "web",
      context: { attributes: Object.fromEntries(range(20).map((n) => [`fact${n}`, text(200)])) },
      explain: true,
    }),
  },
  { route: "similar", method: "GET", path: "/v1/items/sku-0001/similar?limit=100" },
  { route: "content", method: "GET", path: "/v1/content/weekly-email?customer=userId:u-18&campaign=c&format=html" },
  { route: "feed", method: "GET", path: "/v1/content/weekly-email/feed" },
  { route: "items", method: "POST", path: "/v1/items", body: () => ({ items: range(1000).map(item) }) },
  { route: "offers", method: "POST", path: "/v1/offers", body: () => ({ offers: range(1000).map(offer) }) },
  { route: "items listed", method: "GET", path: "/v1/items?limit=1000" },
  { route: "policy dry run", method: "PUT", path: "/v1/policies/home-hero?dryRun=1000", body: () => ({}) },
  { route: "customer exported", method: "GET", path: "/v1/customers/userId:batch-0-0/export" },
  { route: "health", method: "GET", path: "/health" },
  { route: "metrics", method: "GET", path: "/metrics" },
  { route: "document", method: "GET", path: "/openapi.json" },
]
