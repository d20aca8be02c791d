import encoding from "k6/encoding"
import exec from "k6/execution"
import http from "k6/http"
import {
  type Answer,
  degraded,
  elapsed,
  fail,
  isInspected,
  keep,
  keepReference,
  type Run,
  succeeded,
} from "./measure.ts"
import type { Verb } from "./mix.ts"
import { isDegraded, itemList, routes } from "./routes.ts"
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

/** Items to look at, as the running shop lists them. */
export function prepare(): Run {
  const answer = http.get(`${baseUrl}${itemList.path}`, asReader)
  const itemIds = answer.status === 200 ? itemList.ids(answer.json()) : []
  if (itemIds.length === 0) exec.test.abort(`no items at ${baseUrl}: ${answer.status} ${answer.body}`)
  return { itemIds, measuredFrom: Date.now() + settings.warmUpSeconds * 1000 }
}

function send(verb: Verb, run: Run): Answer {
  const { method, path, key, body } = routes[verb].request({
    user: drawUser,
    item: () => drawItem(run),
    requestId: `load-${run.measuredFrom}-${exec.scenario.name}-${exec.scenario.iterationInTest}`,
    at: new Date().toISOString(),
    campaign: "load",
  })
  const text = body === undefined ? null : JSON.stringify(body)
  return http.request(method, `${baseUrl}${path}`, text, key === "ingest" ? asTracker : asReader)
}

/** Asks and keeps the answer's time under the tags; without tags the answer is only checked. */
export function ask(verb: Verb, run: Run, tags: Record<string, string> | null, inspectOneIn: number): void {
  const answer = send(verb, run)
  if (tags) keep(answer, verb, tags)
  if (!succeeded(answer, verb, tags ?? {}) || !isInspected(inspectOneIn)) return
  const body = answer.json()
  if (isDegraded(body)) degraded.add(1)
  if (!routes[verb].isSound(body)) fail(`${verb} answered nonsense: ${answer.body}`)
}

/** Asks the bare server at the same time, for the least that an answer costs on this machine. */
export function askReference(run: Run): void {
  const answer = http.post(`${baseUrl}/bare`, "{}", asReader)
  if (answer.status === 200 && elapsed(run) >= 0) keepReference(answer)
}
