import { Agent, request } from "node:http"
import { setTimeout as sleep } from "node:timers/promises"
import { drawVerb, type Verb } from "../../mix.ts"
import { type RouteRequest, routes } from "../../routes.ts"
import { zipf } from "../../zipf.ts"

/** A seventh of the recommendations are asked as a list to rank. */
type AskedVerb = Verb | "rank"
const rankedShare = 1 / 7

export interface Answer {
  verb: AskedVerb
  /** Milliseconds since the epoch. */
  sentAt: number
  ms: number
  /** HTTP status; 0 where none came in time. */
  status: number
  /** True if it was a 2xx that says what it should without `degraded`. */
  isNormal: boolean
  /** 1 for what arrives by itself, more for what a tracker sends again. */
  attempt: number
}

/** Times of acknowledgements by id, milliseconds since the epoch. */
interface Acknowledged {
  events: Map<string, number>
  decisions: Map<string, number>
}

export interface Load {
  answers: Answer[]
  acknowledged: Acknowledged
  /** Whatever was sent before this time is answered or given up, milliseconds since the epoch. */
  answeredUntil(): number
  /** Messages that were sent and are not acknowledged yet. */
  waiting(): number
  /** Ends the arrivals and waits at most `patienceMs` until every message is acknowledged. */
  stop(patienceMs: number): Promise<void>
}

interface LoadOptions {
  url: string
  keys: Readonly<Record<RouteRequest["key"], string>>
  /** Requests a second, at even intervals, whether or not others were answered. */
  rate: number
  customers: number
  itemIds: readonly string[]
}

const impatientMs = 10_000
const strangers = 0.02
/** A tracker sends a message again after one second, then after twice as long each time, up to this. */
const longestPauseMs = 8000

/** Sends the steady mix at a constant rate; trackers repeat a message until it is acknowledged. */
export function startLoad({ url, keys, rate, customers, itemIds }: LoadOptions): Load {
  const agent = new Agent({ keepAlive: true })
  const answers: Answer[] = []
  const acknowledged: Acknowledged = { events: new Map(), decisions: new Map() }
  const rank = zipf(customers, Math.random)
  const run = Date.now()
  let arrivals = 0
  let stopped = false
  const waiting = new Set<string>()
  /** In the order in which they were sent. */
  const open = new Set<{ sentAt: number }>()

  const ask = async (verb: AskedVerb, asked: RouteRequest, attempt: number): Promise<Answer> => {
    const sentAt = Date.now()
    const sent = { sentAt }
    open.add(sent)
    const { status, body } = await send(agent, url, asked, keys[asked.key])
    open.delete(sent)
    const ms = Date.now() - sentAt
    const isNormal = status >= 200 && status < 300 && isWell(verb, body, attempt)
    const answer = { verb, sentAt, ms, status, isNormal, attempt }
    answers.push(answer)
    note(verb, status, body, asked)
    return answer
  }
  const note = (verb: AskedVerb, status: number, body: unknown, asked: RouteRequest) => {
    if (status !== 200) return
    if (verb === "track") {
      const { messageId } = asked.body as { messageId: string }
      const [result] = (body as { results: { status: string }[] }).results
      if (result?.status === "rejected") throw new Error(`the event ${messageId} was rejected: ${JSON.stringify(body)}`)
      if (!acknowledged.events.has(messageId)) acknowledged.events.set(messageId, Date.now())
      return
    }
    const { decisionId } = body as { decisionId: string | null }
    if (decisionId !== null) acknowledged.decisions.set(decisionId, Date.now())
  }
  const arrive = async () => {
    arrivals += 1
    const drawn = drawVerb(Math.random())
    const verb = drawn === "recommend" && Math.random() < rankedShare ? "rank" : drawn
    const requestId = `sick-${run}-${arrivals}`
    const asked = routes[verb].request({
      user: () => (Math.random() < strangers ? `stranger-${requestId}` : `u-${rank()}`),
      item: () => itemIds[Math.floor(Math.random() * itemIds.length)]!,
      requestId,
      at: new Date().toISOString(),
      campaign: "sick",
    })
    if (verb !== "track") return void (await ask(verb, asked, 1))
    waiting.add(requestId)
    for (let attempt = 1, pauseMs = 1000; ; attempt++, pauseMs = Math.min(longestPauseMs, 2 * pauseMs)) {
      const { status } = await ask(verb, asked, attempt)
      if (status === 200) break
      await sleep(pauseMs)
    }
    waiting.delete(requestId)
  }
  const startedAt = performance.now()
  const ended = (async () => {
    for (let n = 0; !stopped; n++) {
      const early = startedAt + (1000 * n) / rate - performance.now()
      if (early > 0) await sleep(early)
      void arrive()
    }
  })()
  return {
    answers,
    acknowledged,
    answeredUntil: () => open.values().next().value?.sentAt ?? Date.now(),
    waiting: () => waiting.size,
    async stop(patienceMs) {
      stopped = true
      await ended
      const giveUpAt = performance.now() + patienceMs
      while (waiting.size > 0 && performance.now() < giveUpAt) await sleep(50)
      agent.destroy()
    },
  }
}

/** Returns true if a 2xx says what it should; a message repeated after its answer was lost may be a `duplicate`. */
function isWell(verb: AskedVerb, body: unknown, attempt: number): boolean {
  if (verb === "track" && attempt > 1) return true
  return (body as { degraded?: boolean }).degraded !== true && routes[verb].isSound(body)
}

interface Received {
  status: number
  body: unknown
}

function send(agent: Agent, url: string, { method, path, body }: RouteRequest, key: string): Promise<Received> {
  return new Promise((resolve) => {
    const text = body === undefined ? undefined : JSON.stringify(body)
    const headers = {
      authorization: `Bearer ${key}`,
      ...(text !== undefined && { "content-type": "application/json", "content-length": Buffer.byteLength(text) }),
    }
    const nothing = () => resolve({ status: 0, body: null })
    const signal = AbortSignal.timeout(impatientMs)
    const sent = request(new URL(path, url), { method, headers, agent, signal }, (received) => {
      const chunks: Buffer[] = []
      received.on("data", (chunk: Buffer) => chunks.push(chunk))
      received.on("error", nothing)
      received.on("end", () => {
        const given = Buffer.concat(chunks).toString()
        const isJson = received.headers["content-type"]?.includes("json")
        resolve({ status: received.statusCode!, body: isJson ? JSON.parse(given) : given })
      })
    })
    sent.on("error", nothing)
    sent.end(text)
  })
}
