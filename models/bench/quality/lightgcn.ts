import { pastOf } from "../../data/past.ts"
import type { Question } from "../../data/window.ts"
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
    const questions = (wanted: ReadonlyMap<number, readonly number[]>): Question[] =>
      users
        .filter((user) => (wanted.get(user)?.length ?? 0) > 0)
        .map((user) => ({ history: known.get(user)!, repeats: "excluded", wanted: new Set(namesFor([wanted], user)) }))
    return { past: pastOf([...known.values()], now), questions }
  }
  const tried = historyFrom(train)
  const learnt = historyFrom(train, valid)
  const asked = tried.questions(valid)
  const half = asked.length >> 1
  return {
    lessons: {
      windows: {
        earlier: { past: tried.past, questions: asked.slice(0, half) },
        later: { past: tried.past, questions: asked.slice(half) },
      },
      past: learnt.past,
    },
    questions: learnt.questions(test),
  }
}

function* numbersOf(sets: readonly ReadonlyMap<number, readonly number[]>[]): Iterable<number> {
  for (const items of sets) for (const own of items.values()) yield* own
}
