import { pastOf } from "../../data/past.ts"
import type { EvaluationQuery } from "../../data/window.ts"
import { namesOf, shuffled } from "./permutation.ts"
import { historyOfOrders, now, type Protocol } from "./protocol.ts"
import type { SetData } from "./read-lightgcn.ts"

/** Sets without order: parts are tried on `train`, one half of the users' `valid` teaches the ranker and the other half judges; both together are learnt for `test`. */
export function lightgcnProtocol({ train, valid, test }: SetData, seed: number): Protocol {
  const users = shuffled([...new Set([...train.keys(), ...valid.keys(), ...test.keys()])], seed, 1)
  const names = namesOf(numbersOf([train, valid, test]), seed, 2)
  const namesFor = (sets: readonly ReadonlyMap<number, readonly number[]>[], user: number) =>
    sets.flatMap((items) => (items.get(user) ?? []).map((item) => names.get(item)!))
  const historyFrom = (...sets: ReadonlyMap<number, readonly number[]>[]) => {
    const known = new Map(users.map((user) => [user, historyOfOrders([namesFor(sets, user)].filter((o) => o.length))]))
    const queries = (relevant: ReadonlyMap<number, readonly number[]>): EvaluationQuery[] =>
      users
        .filter((user) => (relevant.get(user)?.length ?? 0) > 0)
        .map((user) => ({
          history: known.get(user)!,
          repeats: "excluded",
          relevant: new Set(namesFor([relevant], user)),
        }))
    return { past: pastOf([...known.values()], now), queries }
  }
  const tried = historyFrom(train)
  const learnt = historyFrom(train, valid)
  const asked = tried.queries(valid)
  const half = asked.length >> 1
  return {
    training: {
      windows: {
        earlier: { past: tried.past, queries: asked.slice(0, half) },
        later: { past: tried.past, queries: asked.slice(half) },
      },
      past: learnt.past,
    },
    queries: learnt.queries(test),
  }
}

function* numbersOf(sets: readonly ReadonlyMap<number, readonly number[]>[]): Iterable<number> {
  for (const items of sets) for (const own of items.values()) yield* own
}
