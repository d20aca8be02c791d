import exec from "k6/execution"
import type { RefinedResponse, ResponseType } from "k6/http"
import { Counter, Trend } from "k6/metrics"
import { type Verb, verbs } from "./mix.ts"
import { settings } from "./settings.ts"

export type Answer = RefinedResponse<ResponseType>

/** Settings that every iteration gets. */
export interface Run {
  /** Time when the measured part begins, milliseconds since the epoch. */
  measuredFrom: number
  itemIds: string[]
}

const answerMs = new Trend("answer_ms", true)
const referenceMs = new Trend("reference_ms", true)
const refused = new Counter("refused")
const errors = new Counter("errors")
/** Answers from memory among those inspected, as their record could not be written in its time. */
export const degraded = new Counter("degraded")

const trendStats = ["count", "min", "med", "p(90)", "p(95)", "p(99)", "p(99.9)", "max"]
const spread = Array.from({ length: 19 }, (_, n) => 5 * (n + 1)).filter((p) => p !== 50 && p !== 90 && p !== 95)

/** Options shared by all tests: figures for each verb and each of `periods` periods of time are kept. */
export const measured = (periods: number) => ({
  summaryTrendStats: [...trendStats, ...spread.map((p) => `p(${p})`)],
  systemTags: ["scenario" as const],
  noConnectionReuse: false,
  thresholds: {
    errors: ["count==0"],
    refused: ["count>=0"],
    degraded: settings.asserts === "speed" ? ["count==0"] : ["count>=0"],
    answer_ms: ["max>=0"],
    reference_ms: ["max>=0"],
    dropped_iterations: settings.asserts === "speed" ? ["count==0"] : ["count>=0"],
    ...Object.fromEntries(verbs.map((verb) => [`answer_ms{verb:${verb}}`, ["max>=0"]])),
    ...Object.fromEntries(
      Array.from({ length: periods }, (_, n) => [
        [`answer_ms{period:${n}}`, ["max>=0"]],
        [`refused{period:${n}}`, ["count>=0"]],
      ]).flat(),
    ),
  } as Record<string, (string | { threshold: string; abortOnFail: boolean; delayAbortEval: string })[]>,
})

let warned = false

/** True if the answer is a 200. One that refuses and says when to come back counts as refused, any other as an error. */
export function succeeded(answer: Answer, what: string, tags: Record<string, string>): boolean {
  if (answer.status === 200) return true
  if ((answer.status === 429 || answer.status === 503) && answer.headers["Retry-After"] !== undefined) {
    refused.add(1, tags)
    return false
  }
  fail(`${what} answered ${answer.status}: ${answer.error || answer.body}`)
  return false
}

export function fail(reason: string): void {
  errors.add(1)
  if (!warned) console.error(reason)
  warned = true
}

/** Seconds since the measured part began; negative while warming up. */
export const elapsed = ({ measuredFrom }: Run): number => (Date.now() - measuredFrom) / 1000

/** Keeps an answer's time, of refusals too, unless it belongs to the warming up. */
export function keep(answer: Answer, verb: Verb, tags: Record<string, string>): void {
  answerMs.add(answer.timings.duration, { ...tags, verb })
}

export const keepReference = (answer: Answer): void => referenceMs.add(answer.timings.duration)

/** Every one in `n` answers is read through, so that reading does not become the limit. */
export const isInspected = (n: number): boolean => exec.scenario.iterationInTest % n === 0
