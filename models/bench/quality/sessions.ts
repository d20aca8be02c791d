import { fold } from "../../../src/core/history/fold.ts"
import { emptyHistory, type History } from "../../../src/core/history/history.ts"
import { dayMs } from "../../../src/core/time/durations.ts"
import { pastOf } from "../../data/past.ts"
import type { EvaluationQuery, Window } from "../../data/window.ts"
import { namesOf, shuffled } from "./permutation.ts"
import { now, type Protocol } from "./protocol.ts"
import type { SessionData } from "./read-sessions.ts"

const days = 180

/**
 * Makes a query of every prefix for the next item. Sessions are spread evenly over 180 days in their order; the last tenth validates, the
 * twentieth before it trains the ranker, both with the sessions before as their past.
 */
export function sessionsProtocol({ train, test }: SessionData, seed: number): Protocol {
  const names = namesOf([...train.flat(), ...test.flatMap(({ prefix, next }) => [...prefix, next])], seed, 2)
  const named = train.map((items) => items.map((item) => names.get(item)!))
  const startOf = (session: number) => now - days * dayMs * (1 - session / train.length)
  const histories = named.map((items, session) => historyOfViews(items, startOf(session)))
  const pastUntil = (session: number) => pastOf(histories.slice(0, session), startOf(session))
  const windowOf = (from: number, until: number): Window => ({
    past: pastUntil(from),
    queries: named.slice(from, until).flatMap((items) =>
      items.slice(1).map(
        (next, n): EvaluationQuery => ({
          history: historyOfViews(items.slice(0, n + 1), startOf(from)),
          repeats: "allowed",
          relevant: new Set([next]),
        }),
      ),
    ),
  })
  const [fitUntil, trainUntil] = [Math.floor(0.85 * train.length), Math.floor(0.9 * train.length)]
  return {
    training: {
      windows: { earlier: windowOf(fitUntil, trainUntil), later: windowOf(trainUntil, train.length) },
      past: pastUntil(train.length),
    },
    queries: shuffled(test, seed, 1).map(({ prefix, next }) => ({
      history: historyOfViews(
        prefix.map((item) => names.get(item)!),
        now,
      ),
      repeats: "allowed",
      relevant: new Set([names.get(next)!]),
    })),
  }
}

/** Returns a history of views a second apart, from `startMs`. */
const historyOfViews = (items: readonly string[], startMs: number): History =>
  fold(
    emptyHistory,
    items.map((itemId, n) => ({
      messageId: String(n),
      at: startMs + 1000 * n,
      name: "Product Viewed",
      lines: [{ itemId, quantity: 1 }],
      properties: {},
    })),
  )
