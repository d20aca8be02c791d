import encoding from "k6/encoding"
import exec from "k6/execution"
import http from "k6/http"
import { Counter, Trend } from "k6/metrics"
import { itemList, type Route, routes } from "./routes.ts"
import { zipf } from "./zipf.ts"

/**
 * Asks one route after another at a constant rate, as `PLAN` says. The questions follow from `SEED` alone, so that two services
 * are asked the same ones. `load-tests/run/answers` runs it, with the `routes.ts` of the commit that answers.
 */
interface Slice {
  route: string
  rate: number
  seconds: number
  startSeconds: number
  /** At the beginning, asked and not counted. */
  settleSeconds: number
}

const plan: Slice[] = JSON.parse(__ENV.PLAN ?? "[]")
const seed = Number(__ENV.SEED ?? 0)
const baseUrl = __ENV.BASE_URL
const bare: Route = { request: () => ({ method: "POST", path: "/bare", key: "read", body: {} }), isSound: () => true }
const known: Readonly<Record<string, Route>> = { ...routes, bare }

const inspectOneIn = 20
const strangers = 0.02
/** After a slice, for the answers that are still under way. */
const gracefulStop = "300ms"
/** k6's code for a request that was cut off. */
const timedOut = 1050

const answerMs = new Trend("answer_ms", true)
const errors = new Counter("errors")
const refused = new Counter("refused")
const late = new Counter("late")

const sliceByRoute = new Map(plan.map((slice, n) => [slice.route, { ...slice, n }]))
const ofRoutes = (metric: string, condition: string) =>
  Object.fromEntries(plan.map(({ route }) => [`${metric}{scenario:${route}}`, [condition]]))

export const options = {
  summaryTrendStats: ["count", "med", "p(95)", "p(99)", "max"],
  systemTags: ["scenario" as const],
  thresholds: {
    ...ofRoutes("answer_ms", "max>=0"),
    ...ofRoutes("errors", "count>=0"),
    ...ofRoutes("refused", "count>=0"),
    ...ofRoutes("late", "count>=0"),
    ...ofRoutes("dropped_iterations", "count>=0"),
    ...ofRoutes("iterations", "count>=0"),
  },
  scenarios: Object.fromEntries(
    plan.map(({ route, rate, seconds, startSeconds }) => [
      route,
      {
        executor: "constant-arrival-rate" as const,
        rate,
        timeUnit: "1s",
        duration: `${seconds}s`,
        startTime: `${startSeconds}s`,
        preAllocatedVUs: rate > 150 ? 100 : 20,
        maxVUs: rate > 150 ? 400 : 100,
        gracefulStop,
      },
    ]),
  ),
}

/** Numbers in [0, 1) that follow from where they begin (mulberry32). */
let state = 0
function random(): number {
  state = (state + 0x6d2b79f5) | 0
  let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
  mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
  return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
}

const customerRank = zipf(Number(__ENV.CUSTOMERS ?? 1000), random)
const headersOf = (authorization: string) => ({ headers: { authorization, "content-type": "application/json" } })
const paramsByKey = {
  read: headersOf(`Bearer ${__ENV.READ_KEY}`),
  ingest: headersOf(`Basic ${encoding.b64encode(`${__ENV.INGEST_KEY}:`)}`),
}

interface Run {
  itemIds: string[]
  /** Milliseconds since the epoch. */
  measuredFrom: number
}

export function setup(): Run {
  const answer = http.get(`${baseUrl}${itemList.path}`, paramsByKey.read)
  const itemIds = answer.status === 200 ? itemList.ids(answer.json()) : []
  if (itemIds.length === 0) exec.test.abort(`no items at ${baseUrl}: ${answer.status} ${answer.body}`)
  return { itemIds, measuredFrom: Date.now() }
}

let warned = ""

function fail(route: string, reason: string): void {
  errors.add(1)
  if (warned !== route) console.error(`${route} ${reason}`)
  warned = route
}

/** Returns false for a degraded answer too, whose cost is not the one compared. */
const isWhole = (route: Route, body: unknown): boolean =>
  (body as { degraded?: boolean }).degraded !== true && route.isSound(body)

export default function ({ itemIds }: Run): void {
  const { name, iterationInTest, progress } = exec.scenario
  const { n, seconds, settleSeconds } = sliceByRoute.get(name)!
  const requestId = `answers-${seed}-${name}-${iterationInTest}`
  state = Math.imul(seed * 100 + n + 1, 0x9e3779b1) ^ Math.imul(iterationInTest + 1, 0x85ebca6b)
  const route = known[name]!
  const { method, path, key, body } = route.request({
    user: () => (random() < strangers ? `stranger-${requestId}` : `u-${customerRank()}`),
    item: () => itemIds[Math.floor(random() * itemIds.length)]!,
    requestId,
    at: new Date().toISOString(),
    campaign: `answers-${seed}`,
  })
  const text = body === undefined ? null : JSON.stringify(body)
  const answer = http.request(method, `${baseUrl}${path}`, text, paramsByKey[key])
  if (answer.error_code === timedOut) {
    late.add(1)
    return
  }
  if (progress * seconds >= settleSeconds) answerMs.add(answer.timings.duration)
  if (answer.status === 200) {
    if (iterationInTest % inspectOneIn === 0 && !isWhole(route, answer.json()))
      fail(name, `answered nonsense or less than it should: ${answer.body}`)
  } else if ((answer.status === 429 || answer.status === 503) && answer.headers["Retry-After"] !== undefined) {
    refused.add(1)
  } else fail(name, `answered ${answer.status}: ${answer.error || answer.body}`)
}

interface Summary {
  metrics: Record<string, { values: Record<string, number> }>
  setup_data: Run
}

export function handleSummary({ metrics, setup_data }: Summary) {
  const valuesOf = (metric: string, route: string) => metrics[`${metric}{scenario:${route}}`]?.values ?? {}
  const figuresOf = ({ route }: Slice) => {
    const { count = 0, med = 0, max = 0, ...ranks } = valuesOf("answer_ms", route)
    return {
      asked: valuesOf("iterations", route).count ?? 0,
      counted: count,
      p50Ms: med,
      p95Ms: ranks["p(95)"] ?? 0,
      p99Ms: ranks["p(99)"] ?? 0,
      maxMs: max,
      errors: valuesOf("errors", route).count ?? 0,
      refused: valuesOf("refused", route).count ?? 0,
      late: valuesOf("late", route).count ?? 0,
      dropped: valuesOf("dropped_iterations", route).count ?? 0,
    }
  }
  const figures = {
    measuredFrom: setup_data.measuredFrom,
    byRoute: Object.fromEntries(plan.map((slice) => [slice.route, figuresOf(slice)])),
  }
  return { [__ENV.SUMMARY_FILE ?? "stdout"]: JSON.stringify(figures) }
}

export type { Slice }

/** Figures that a runner reads. */
export interface AnswerFigures {
  measuredFrom: number
  byRoute: Record<string, RouteFigures>
}

export interface RouteFigures {
  asked: number
  counted: number
  p50Ms: number
  p95Ms: number
  p99Ms: number
  maxMs: number
  errors: number
  refused: number
  /** Cut off when their slice was over. */
  late: number
  dropped: number
}
