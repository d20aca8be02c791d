/**
 * The API as load tests speak it: the requests they make and what a sound answer to each says. It imports nothing, so that a
 * comparison of two commits can take this file from each.
 */
export interface RouteRequest {
  method: "GET" | "POST"
  path: string
  key: "read" | "ingest"
  body?: unknown
}

/** Draws what a request is about. */
export interface Draw {
  user(): string
  item(): string
  /** Unique among the requests of a run. */
  requestId: string
  /** The time of the request, ISO 8601. */
  at: string
  campaign: string
}

export interface Route {
  request(draw: Draw): RouteRequest
  /** Returns true if the body of a 200 says what it should; one that is `degraded` may say less, but nothing wrong. */
  isSound(answer: unknown): boolean
  /** Events in one request, where it sends more than one. */
  events?: number
}

interface RankedAnswer {
  /** Null in an answer from memory that could not be recorded in its time. */
  decisionId: string | null
  degraded?: boolean
  modelVersion: string
  items: { id: string; rank: number }[]
}

interface DecideAnswer {
  kind: string
  offer: object | null
  selectionProbability: number
}

interface ContentAnswer {
  placement: string
  fallback: boolean
}

interface TrackAnswer {
  results: { status: string }[]
}

interface CustomerAnswer {
  customerId: string
  known: boolean
}

const shown = 10
const batchEvents = 20
const rankedItems = 50

const isFilledString = (value: unknown): boolean => typeof value === "string" && value.length > 0
const areRanked = (items: RankedAnswer["items"]): boolean =>
  items.every(({ id, rank }, n) => isFilledString(id) && rank === n + 1)
const isRecorded = ({ decisionId, degraded }: RankedAnswer): boolean =>
  degraded === true ? decisionId === null : isFilledString(decisionId)

/** Returns true if the body of a 200 says that it was answered from memory. */
export const isDegraded = (answer: unknown): boolean => (answer as { degraded?: boolean }).degraded === true

const areAccepted = ({ results }: TrackAnswer, events: number): boolean =>
  results.length === events && results.every(({ status }) => status === "accepted")

const view = ({ user, item, at }: Draw, messageId: string) => ({
  userId: user(),
  event: "Product Viewed",
  properties: { product_id: item() },
  messageId,
  timestamp: at,
})

export const routeNames = ["recommend", "rank", "similar", "decide", "content", "track", "batch", "customer"] as const
export type RouteName = (typeof routeNames)[number]

export const routes: Readonly<Record<RouteName, Route>> = {
  recommend: {
    request: ({ user }) => ({
      method: "POST",
      path: "/v1/recommend",
      key: "read",
      body: { customer: { userId: user() }, placement: "home", limit: shown },
    }),
    isSound: (answer) => {
      const ranked = answer as RankedAnswer
      const { items, modelVersion } = ranked
      return items.length === shown && areRanked(items) && isRecorded(ranked) && isFilledString(modelVersion)
    },
  },
  rank: {
    request: ({ user, item }) => ({
      method: "POST",
      path: "/v1/rank",
      key: "read",
      body: { customer: { userId: user() }, placement: "home", items: Array.from({ length: rankedItems }, item) },
    }),
    isSound: (answer) => {
      const ranked = answer as RankedAnswer
      return ranked.items.length > 0 && areRanked(ranked.items) && isRecorded(ranked)
    },
  },
  similar: {
    request: ({ item }) => ({ method: "GET", path: `/v1/items/${item()}/similar?limit=${shown}`, key: "read" }),
    isSound: (answer) => areRanked((answer as RankedAnswer).items),
  },
  decide: {
    request: ({ user }) => ({
      method: "POST",
      path: "/v1/decide",
      key: "read",
      body: { customer: { userId: user() }, placement: "home-hero", channel: "web" },
    }),
    isSound: (answer) => {
      const { kind, offer, selectionProbability } = answer as DecideAnswer
      return (kind === "nothing") === (offer === null) && selectionProbability > 0 && selectionProbability <= 1
    },
  },
  content: {
    request: ({ user, campaign }) => ({
      method: "GET",
      path: `/v1/content/weekly-email?customer=${encodeURIComponent(`userId:${user()}`)}&campaign=${campaign}&slot=main`,
      key: "read",
    }),
    isSound: (answer) => {
      const { placement, fallback } = answer as ContentAnswer
      return placement === "weekly-email" && typeof fallback === "boolean"
    },
  },
  track: {
    request: (draw) => ({ method: "POST", path: "/v1/track", key: "ingest", body: view(draw, draw.requestId) }),
    isSound: (answer) => areAccepted(answer as TrackAnswer, 1),
  },
  batch: {
    request: (draw) => {
      const event = (_: unknown, n: number) => ({ type: "track", ...view(draw, `${draw.requestId}-${n}`) })
      return {
        method: "POST",
        path: "/v1/batch",
        key: "ingest",
        body: { batch: Array.from({ length: batchEvents }, event) },
      }
    },
    isSound: (answer) => areAccepted(answer as TrackAnswer, batchEvents),
    events: batchEvents,
  },
  customer: {
    request: ({ user }) => ({ method: "GET", path: `/v1/customers/userId:${user()}`, key: "read" }),
    isSound: (answer) => {
      const { customerId, known } = answer as CustomerAnswer
      return isFilledString(customerId) && typeof known === "boolean"
    },
  },
}

/** Lists items to ask about. */
export const itemList = {
  path: "/v1/items?limit=100",
  ids: (answer: unknown): string[] => ((answer as { items?: { id: string }[] }).items ?? []).map(({ id }) => id),
}
