import type { Catalogue } from "../../src/core/catalogue/catalogue.ts"
import { meanWithError } from "../../src/core/measure/mean.ts"
import { coverageAt, hitAt, ndcgAt, recallAt, reciprocalRank } from "../../src/core/measure/ranking-metrics.ts"
import { recommend } from "../../src/core/preference/recommend.ts"
import type { Release } from "../../src/core/preference/release.ts"
import { type BaselineQuestion, habitualItems, popularItems } from "./baselines.ts"
import type { Case, Horizon } from "./cases.ts"
import {
  type Contender,
  contenders,
  type EvaluationQuestion,
  type EvaluationReport,
  type Measurement,
} from "./report.ts"

const depth = 100

type Answer = (question: BaselineQuestion, release: Release, catalogue: Catalogue) => string[]

const answers: Readonly<Record<Contender, Answer>> = {
  served: (question, release, catalogue) =>
    recommend({ ...question, vector: null, explain: false }, release, catalogue).map(({ itemId }) => itemId),
  popularity: popularItems,
  habit: habitualItems,
}

/** Replays the served function and the baselines over the full catalogue, for everybody who bought in the horizon. */
export function evaluateRelease(
  release: Release,
  cases: readonly Case[],
  catalogue: Catalogue,
  horizon: Horizon,
): EvaluationReport {
  const all = replay("all", release, cases, catalogue, horizon)
  const firstTime = replay("firstTime", release, cases, catalogue, horizon)
  return {
    ...horizon,
    items: catalogue.items.size,
    customers: { all: all.customers, firstTime: firstTime.customers },
    coldStarts: cases.filter(({ history }) => history.firstAt === null).length,
    metrics: { all: all.metrics, firstTime: firstTime.metrics },
    leads: { all: all.leads, firstTime: firstTime.leads },
  }
}

function replay(
  question: EvaluationQuestion,
  release: Release,
  cases: readonly Case[],
  catalogue: Catalogue,
  { cut }: Horizon,
) {
  const asking = cases.filter(({ relevant }) => relevant[question].size > 0)
  const repeats = question === "all" ? "allowed" : "excluded"
  const listsOf = (contender: Contender) =>
    asking.map(({ history }) => answers[contender]({ history, repeats, nowMs: cut, limit: depth }, release, catalogue))
  const relevant = asking.map((one) => one.relevant[question])
  const lists = { served: listsOf("served"), popularity: listsOf("popularity"), habit: listsOf("habit") }
  const ndcg = (contender: Contender) => lists[contender].map((shown, n) => ndcgAt(20, shown, relevant[n]!))
  const served = ndcg("served")
  const leadOver = (contender: Contender) => meanWithError(ndcg(contender).map((value, n) => served[n]! - value))
  return {
    customers: asking.length,
    metrics: Object.fromEntries(
      contenders.map((contender) => [contender, measure(lists[contender], relevant, catalogue.items.size)]),
    ) as Record<Contender, Measurement>,
    leads: { popularity: leadOver("popularity"), habit: leadOver("habit") },
  }
}

function measure(lists: readonly string[][], relevant: readonly ReadonlySet<string>[], items: number): Measurement {
  const mean = (metric: (shown: readonly string[], wanted: ReadonlySet<string>) => number) =>
    meanWithError(lists.map((shown, n) => metric(shown, relevant[n]!)))
  const ndcg20 = mean((shown, wanted) => ndcgAt(20, shown, wanted))
  return {
    recall10: mean((shown, wanted) => recallAt(10, shown, wanted)).mean,
    recall20: mean((shown, wanted) => recallAt(20, shown, wanted)).mean,
    ndcg10: mean((shown, wanted) => ndcgAt(10, shown, wanted)).mean,
    ndcg20: ndcg20.mean,
    ndcg20Error: ndcg20.error,
    mrr: mean(reciprocalRank).mean,
    hitRate20: mean((shown, wanted) => hitAt(20, shown, wanted)).mean,
    coverage20: items === 0 ? 0 : coverageAt(20, lists, items),
  }
}
