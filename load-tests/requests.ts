import encoding from "k6/encoding"
import exec from "k6/execution"
import http from "k6/http"
import {
  type Answer,
  elapsed,
  fail,
  isInspected,
  keep,
  keepReference,
  type Run,
  succeeded,
  type Verb,
} from "./measure.ts"
import { settings } from "./settings.ts"
import { zipf } from "./zipf.ts"

const { baseUrl, keys } = settings
const json = (key: string) => ({ headers: { authorization: `Bearer ${key}`, "content-type": "application/json" } })
const asReader = json(keys.read)
const asTracker = json(keys.ingest)
asTracker.headers.authorization = `Basic ${encoding.b64encode(`${keys.ingest}:`)}`

const customerRank = zipf(settings.customers, Math.random)
const strangers = 0.02

/** A known customer, the n-th most active with a chance proportional to 1 / n; a few are strangers. */
const drawUser = (): string =>
  Math.random() < strangers ? `stranger-${exec.scenario.name}-${exec.scenario.iterationInTest}` : `u-${customerRank()}`

const drawItem = ({ itemIds }: Run): string => itemIds[Math.floor(Math.random() * itemIds.length)]!

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

interface Request {
  ask(run: Run): Answer
  /** Whether a 200 says what it should. */
  isSound(answer: Answer): boolean
}

const body = (answer: Answer) => answer.json() as unknown
const isFilledString = (value: unknown): boolean => typeof value === "string" && value.length > 0

const requests: Readonly<Record<Verb, Request>> = {
  recommend: {
    ask: () => {
      const question = { customer: { userId: drawUser() }, placement: "home", limit: 10 }
      return http.post(`${baseUrl}/v1/recommend`, JSON.stringify(question), asReader)
    },
    isSound: (answer) => {
      const { items, decisionId, modelVersion } = body(answer) as RecommendAnswer
      const areRanked = items.every(({ id, rank }, n) => isFilledString(id) && rank === n + 1)
      return items.length === 10 && areRanked && isFilledString(decisionId) && isFilledString(modelVersion)
    },
  },
  decide: {
    ask: () => {
      const question = { customer: { userId: drawUser() }, placement: "home-hero", channel: "web" }
      return http.post(`${baseUrl}/v1/decide`, JSON.stringify(question), asReader)
    },
    isSound: (answer) => {
      const { kind, offer, selectionProbability } = body(answer) as DecideAnswer
      return (kind === "nothing") === (offer === null) && selectionProbability > 0 && selectionProbability <= 1
    },
  },
  content: {
    ask: () => {
      const customer = encodeURIComponent(`userId:${drawUser()}`)
      return http.get(`${baseUrl}/v1/content/weekly-email?customer=${customer}&campaign=load&slot=main`, asReader)
    },
    isSound: (answer) => {
      const { placement, fallback } = body(answer) as ContentAnswer
      return placement === "weekly-email" && typeof fallback === "boolean"
    },
  },
  track: {
    ask: (run) => {
      const event = {
        userId: drawUser(),
        event: "Product Viewed",
        properties: { product_id: drawItem(run) },
        messageId: `load-${run.measuredFrom}-${exec.scenario.name}-${exec.scenario.iterationInTest}`,
        timestamp: new Date().toISOString(),
      }
      return http.post(`${baseUrl}/v1/track`, JSON.stringify(event), asTracker)
    },
    isSound: (answer) => {
      const { results } = body(answer) as TrackAnswer
      return results.length === 1 && results[0]?.status === "accepted"
    },
  },
}

/** Items to look at, as the running shop lists them. */
export function prepare(): Run {
  const answer = http.get(`${baseUrl}/v1/items?limit=100`, asReader)
  const items = (answer.json("items") ?? []) as { id: string }[]
  if (items.length === 0) exec.test.abort(`no items at ${baseUrl}: ${answer.status} ${answer.body}`)
  return { itemIds: items.map(({ id }) => id), measuredFrom: Date.now() + settings.warmUpSeconds * 1000 }
}

/** Asks and keeps the answer's time under the tags; without tags the answer is only checked. */
export function ask(verb: Verb, run: Run, tags: Record<string, string> | null, inspectOneIn: number): void {
  const { ask, isSound } = requests[verb]
  const answer = ask(run)
  if (tags) keep(answer, verb, tags)
  if (!succeeded(answer, verb, tags ?? {}) || !isInspected(inspectOneIn)) return
  if (!isSound(answer)) fail(`${verb} answered nonsense: ${answer.body}`)
}

/** What this machine makes of the least a server can do, at the same time. */
export function askReference(run: Run): void {
  const answer = http.post(`${baseUrl}/bare`, "{}", asReader)
  if (answer.status === 200 && elapsed(run) >= 0) keepReference(answer)
}

/** Of a hundred requests, how many ask what. */
const steadyMix: readonly (readonly [Verb, number])[] = [
  ["recommend", 70],
  ["decide", 15],
  ["content", 5],
  ["track", 10],
]

export function drawVerb(): Verb {
  let left = Math.random() * 100
  for (const [verb, share] of steadyMix) {
    if (left < share) return verb
    left -= share
  }
  throw new Error("the shares of the mix must sum to a hundred")
}
