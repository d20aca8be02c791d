import { check } from "k6"
import encoding from "k6/encoding"
import exec from "k6/execution"
import http, { type RefinedResponse, type ResponseType } from "k6/http"
import { slo, type Verb } from "./slo.ts"

const baseUrl = __ENV.BASE_URL ?? "http://127.0.0.1:3000"
const readKey = __ENV.READ_KEY ?? ""
const ingestKey = __ENV.INGEST_KEY ?? ""
const rate = Number(__ENV.RATE ?? slo.smokeRate)
const durationSeconds = Number(__ENV.DURATION_SECONDS ?? 20)
const assertsSpeed = (__ENV.ASSERT ?? "speed") === "speed"

const verbs = Object.keys(slo.latencyMs) as Verb[]
/** k6 only keeps figures by verb where a threshold asks for them, so without assertion on speed it is one that always holds. */
const latencyThresholds = Object.fromEntries(
  verbs.map((verb) => {
    const { p95, p99 } = slo.latencyMs[verb]
    return [`http_req_duration{verb:${verb}}`, assertsSpeed ? [`p(95)<${p95}`, `p(99)<${p99}`] : ["max>=0"]]
  }),
)

export const options = {
  discardResponseBodies: false,
  summaryTrendStats: ["med", "p(95)", "p(99)", "max"],
  scenarios: {
    smoke: {
      executor: "constant-arrival-rate",
      rate,
      timeUnit: "1s",
      duration: `${durationSeconds}s`,
      preAllocatedVUs: 50,
      maxVUs: 200,
    },
  },
  thresholds: {
    checks: ["rate==1"],
    http_req_failed: [`rate<${slo.errorShare}`],
    dropped_iterations: assertsSpeed ? ["count==0"] : [],
    ...latencyThresholds,
  },
}

interface Shop {
  userIds: string[]
  itemIds: string[]
}

const headers = (key: string) => ({ authorization: `Bearer ${key}`, "content-type": "application/json" })

const json = (key: string, verb: Verb) => ({ headers: headers(key), tags: { verb, name: verb } })

/** Items as the running shop lists them; customers as the demo shop numbers them. */
export function setup(): Shop {
  const answer = http.get(`${baseUrl}/v1/items?limit=100`, { headers: headers(readKey) })
  const items = (answer.json("items") ?? []) as { id: string }[]
  if (items.length === 0) exec.test.abort(`no items at ${baseUrl}: ${answer.status} ${answer.body}`)
  return { itemIds: items.map(({ id }) => id), userIds: Array.from({ length: 1000 }, (_, index) => `u-${index + 1}`) }
}

function draw<T>(values: readonly T[]): T {
  return values[Math.floor(Math.random() * values.length)] as T
}

/** Nine of ten ask for a customer the shop knows, the others are strangers. */
function drawUser({ userIds }: Shop): string {
  return Math.random() < 0.1 ? `stranger-${exec.scenario.iterationInTest}` : draw(userIds)
}

type Answer = RefinedResponse<ResponseType>

interface RecommendAnswer {
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

const isFilledString = (value: unknown): boolean => typeof value === "string" && value.length > 0

/** Whether the answer is a 200; only then has its shape anything to say. */
const answers200 = (verb: Verb, answer: Answer): boolean =>
  check(answer, { [`${verb} answers 200`]: ({ status }) => status === 200 })

const ask: Readonly<Record<Verb, (shop: Shop) => void>> = {
  recommend(shop) {
    const body = JSON.stringify({ customer: { userId: drawUser(shop) }, placement: "home", limit: 10 })
    const answer = http.post(`${baseUrl}/v1/recommend`, body, json(readKey, "recommend"))
    if (!answers200("recommend", answer)) return
    const { items, decisionId, modelVersion } = answer.json() as unknown as RecommendAnswer
    check(items, {
      "recommend gives ten ranked items": () =>
        items.length === 10 && items.every(({ id, rank }, index) => isFilledString(id) && rank === index + 1),
      "recommend names its decision and model": () => isFilledString(decisionId) && isFilledString(modelVersion),
    })
  },
  decide(shop) {
    const body = JSON.stringify({ customer: { userId: drawUser(shop) }, placement: "home-hero", channel: "web" })
    const answer = http.post(`${baseUrl}/v1/decide`, body, json(readKey, "decide"))
    if (!answers200("decide", answer)) return
    const { kind, offer, selectionProbability } = answer.json() as unknown as DecideAnswer
    check(answer, {
      "decide chooses an offer or nothing": () => (kind === "nothing") === (offer === null),
      "decide says how likely its choice was": () => selectionProbability > 0 && selectionProbability <= 1,
    })
  },
  content(shop) {
    const customer = encodeURIComponent(`userId:${drawUser(shop)}`)
    const query = `customer=${customer}&campaign=smoke-${exec.vu.idInTest}&slot=main`
    const answer = http.get(`${baseUrl}/v1/content/weekly-email?${query}`, json(readKey, "content"))
    if (!answers200("content", answer)) return
    const { placement, fallback } = answer.json() as unknown as ContentAnswer
    check(answer, {
      "content is of its placement": () => placement === "weekly-email" && typeof fallback === "boolean",
    })
  },
  track(shop) {
    const body = JSON.stringify({
      userId: drawUser(shop),
      event: "Product Viewed",
      properties: { product_id: draw(shop.itemIds) },
      messageId: `smoke-${Date.now()}-${exec.vu.idInTest}-${exec.scenario.iterationInTest}`,
      timestamp: new Date().toISOString(),
    })
    const params = json(ingestKey, "track")
    params.headers.authorization = `Basic ${encoding.b64encode(`${ingestKey}:`)}`
    const answer = http.post(`${baseUrl}/v1/track`, body, params)
    if (!answers200("track", answer)) return
    const { results } = answer.json() as unknown as TrackAnswer
    check(answer, { "track accepts the event": () => results.length === 1 && results[0]?.status === "accepted" })
  },
}

/** Of a hundred requests, how many ask what. */
const mix: readonly (readonly [Verb, number])[] = [
  ["recommend", 50],
  ["track", 25],
  ["decide", 15],
  ["content", 10],
]

function drawVerb(point: number): Verb {
  let left = point
  for (const [verb, share] of mix) {
    if (left < share) return verb
    left -= share
  }
  throw new Error("the shares of the mix must sum to a hundred")
}

export default function (shop: Shop): void {
  ask[drawVerb(exec.scenario.iterationInTest % 100)](shop)
}

interface SummaryMetric {
  values: Record<string, number>
}

/** The figures for `load-tests/run.ts`, and k6's own summary for the reader. */
export function handleSummary({ metrics }: { metrics: Record<string, SummaryMetric> }): Record<string, string> {
  const value = (metric: string, stat: string) => metrics[metric]?.values[stat] ?? 0
  const figures = {
    rate: value("http_reqs", "rate"),
    p50Ms: value("http_req_duration", "med"),
    p95Ms: value("http_req_duration", "p(95)"),
    p99Ms: value("http_req_duration", "p(99)"),
    errors: value("http_req_failed", "passes") + value("checks", "fails"),
    checks: value("checks", "passes"),
    droppedIterations: value("dropped_iterations", "count"),
    byVerb: Object.fromEntries(
      verbs.map((verb) => [
        verb,
        {
          p95Ms: value(`http_req_duration{verb:${verb}}`, "p(95)"),
          p99Ms: value(`http_req_duration{verb:${verb}}`, "p(99)"),
        },
      ]),
    ),
  }
  return { [__ENV.SUMMARY_FILE ?? "stdout"]: JSON.stringify(figures) }
}
