import { pastOf } from "../../data/past.ts"
import type { EvaluationQuery } from "../../data/window.ts"
import { namesOf, shuffled } from "./permutation.ts"
import { historyOfOrders, now, type Protocol } from "./protocol.ts"
import type { SetData } from "./read-lightgcn.ts"

/** Splits sets without order: models are tried on `train`, `valid` trains the ranker by one half of its users and validates by the other; both sets are trained on for `test`. */
export function lightgcnProtocol({ train, valid, test }: SetData, seed: number): Protocol {
  const users = shuffled([...new Set([...train.keys(), ...valid.keys(), ...test.keys()])], seed, 1)
  const names = namesOf(numbersOf([train, valid, test]), seed, 2)
  const namesFor = (sets: readonly ReadonlyMap<number, readonly number[]>[], user: number) =>
    sets.flatMap((items) => (items.get(user) ?? []).map((item) => names.get(item)!))
  const historyFrom = (...sets: ReadonlyMap<number, readonly number[]>[]) => {
    const histories = new Map(
      users.map((user) => [user, historyOfOrders([namesFor(sets, user)].filter((o) => o.length))]),
    )
    const queries = (relevant: ReadonlyMap<number, readonly number[]>): EvaluationQuery[] =>
      users
        .filter((user) => (relevant.get(user)?.length ?? 0) > 0)
        .map((user) => ({
          history: histories.get(user)!,
          repeats: "excluded",
          relevant: new Set(namesFor([relevant], user)),
        }))
    return { past: pastOf([...histories.values()], now), queries }
  }
  const trial = historyFrom(train)
  const whole = historyFrom(train, valid)
  const queries = trial.queries(valid)
  const half = queries.length >> 1
  return {
    training: {
      windows: {
        earlier: { past: trial.past, queries: queries.slice(0, half) },
        later: { past: trial.past, queries: queries.slice(half) },
      },
      past: whole.past,
    },
    queries: whole.queries(test),
  }
}

function* numbersOf(sets: readonly ReadonlyMap<number, readonly number[]>[]): Iterable<number> {
  for (const items of sets) for (const own of items.values()) yield* own
}
