import type { Draw, Route } from "../../routes.ts"

/**
 * The API of version 0.1, for commits from before `load-tests/routes.ts`, which have no such file of their own. It is kept as it was:
 * what those commits answer to does not change.
 */
interface RankedAnswer {
  decisionId: string
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
const areAccepted = ({ results }: TrackAnswer, events: number): boolean =>
  results.length === events && results.every(({ status }) => status === "accepted")

const view = ({ user, item, at }: Draw, messageId: string) => ({
  userId: user(),
  event: "Product Viewed",
  properties: { product_id: item() },
  messageId,
  timestamp: at,
})

export const routes: Readonly<Record<string, Route>> = {
  recommend: {
    request: ({ user }) => ({
      method: "POST",
      path: "/v1/recommend",
      key: "read",
      body: { customer: { userId: user() }, placement: "home", limit: shown },
    }),
    isSound: (answer) => {
      const { items, decisionId, modelVersion } = answer as RankedAnswer
      return items.length === shown && areRanked(items) && isFilledString(decisionId) && isFilledString(modelVersion)
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
      const { items, decisionId } = answer as RankedAnswer
      return items.length > 0 && areRanked(items) && isFilledString(decisionId)
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
