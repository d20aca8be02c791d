import { check } from "k6"
import encoding from "k6/encoding"
import exec from "k6/execution"
import http, { type RefinedResponse, type ResponseType } from "k6/http"
import { slo, type Verb } from "./slo.ts"

const baseUrl = __ENV.BASE_URL ?? "http://127.0.0.1:3000"
const readKey = __ENV.READ_KEY ?? ""
const ingestKey = __ENV.INGEST_KEY ?? ""
const rate = Number(__ENV.RATE ?? slo.smokeRate)
const seconds = Number(__ENV.SECONDS ?? 20)
const asserts = __ENV.ASSERT ?? "speed"

const verbs = Object.keys(slo.latencyMs) as Verb[]
const latencyThresholds = Object.fromEntries(
  verbs.map((verb) => [
    `http_req_duration{verb:${verb}}`,
    [`p(95)<${slo.latencyMs[verb].p95}`, `p(99)<${slo.latencyMs[verb].p99}`],
  ]),
)

export const options = {
  discardResponseBodies: false,
  summaryTrendStats: ["med", "p(95)", "p(99)", "max"],
  scenarios: {
    smoke: {
      executor: "constant-arrival-rate",
      rate,
      timeUnit: "1s",
      duration: `${seconds}s`,
      preAllocatedVUs: 50,
      maxVUs: 200,
    },
  },
  thresholds: {
    checks: ["rate==1"],
    http_req_failed: [`rate<${slo.errorShare}`],
    dropped_iterations: asserts === "speed" ? ["count==0"] : [],
    ...(asserts === "speed" ? latencyThresholds : {}),
  },
}

interface Shop {
  userIds: string[]
  itemIds: string[]
}

const json = (key: string, verb: Verb) => ({
  headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
  tags: { verb, name: verb },
})

/** Items as the running shop lists them; customers as the demo shop numbers them. */
export function setup(): Shop {
  const answer = http.get(`${baseUrl}/v1/items?limit=100`, json(readKey, "recommend"))
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

const isFilledString = (value: unknown): boolean => typeof value === "string" && value.length > 0

const ask: Readonly<Record<Verb, (shop: Shop) => void>> = {
  recommend(shop) {
    const body = JSON.stringify({ customer: { userId: drawUser(shop) }, placement: "home", limit: 10 })
    const answer = http.post(`${baseUrl}/v1/recommend`, body, json(readKey, "recommend"))
    check(answer, {
      "recommend answers 200": ({ status }) => status === 200,
      "recommend gives ten ranked items": (response) => {
        const items = response.json("items") as { id: string; rank: number }[]
        return items.length === 10 && items.every(({ id, rank }, index) => isFilledString(id) && rank === index + 1)
      },
      "recommend names its decision and model": (response) =>
        isFilledString(response.json("decisionId")) && isFilledString(response.json("modelVersion")),
    })
  },
  decide(shop) {
    const body = JSON.stringify({ customer: { userId: drawUser(shop) }, placement: "home-hero", channel: "web" })
    const answer = http.post(`${baseUrl}/v1/decide`, body, json(readKey, "decide"))
    check(answer, {
      "decide answers 200": ({ status }) => status === 200,
      "decide says how likely its choice was": (response) => {
        const probability = response.json("selectionProbability") as number
        return probability > 0 && probability <= 1
      },
    })
  },
  content(shop) {
    const customer = encodeURIComponent(`userId:${drawUser(shop)}`)
    const query = `customer=${customer}&campaign=smoke-${exec.vu.idInTest}&slot=main`
    const answer = http.get(`${baseUrl}/v1/content/weekly-email?${query}`, json(readKey, "content"))
    check(answer, {
      "content answers 200": ({ status }) => status === 200,
      "content is an object": (response: Answer) => response.json() !== null && typeof response.json() === "object",
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
    const basic = encoding.b64encode(`${ingestKey}:`)
    const answer = http.post(`${baseUrl}/v1/track`, body, {
      ...json(ingestKey, "track"),
      headers: { authorization: `Basic ${basic}`, "content-type": "application/json" },
    })
    check(answer, { "track answers 200": ({ status }) => status === 200 })
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
