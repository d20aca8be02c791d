import type { Catalogue } from "../../src/core/catalogue/catalogue.ts"
import { meanWithError } from "../../src/core/measure/mean.ts"
import { coverageAt, hitAt, ndcgAt, recallAt, reciprocalRank } from "../../src/core/measure/ranking-metrics.ts"
import { recommend } from "../../src/core/preference/recommend.ts"
import type { Release } from "../../src/core/release/release.ts"
import type { EvaluationCase, EvaluationQuestion, Horizon } from "../data/evaluation-cases.ts"
import { type Contender, contenders, type EvaluationReport, type Measurement } from "../reports/report.ts"
import { type BaselineQuestion, habitualItems, popularItems } from "./baselines.ts"

const depth = 100
/** Customers who are asked for even when time is over. */
const minQueries = 50

type Answer = (question: BaselineQuestion, release: Release, catalogue: Catalogue) => string[]

const answers: Readonly<Record<Contender, Answer>> = {
  served: (question, release, catalogue) =>
    recommend({ ...question, vector: null, explain: false }, release, catalogue).map(({ itemId }) => itemId),
  popularity: popularItems,
  habit: habitualItems,
}

/** Replays the served function and the baselines over the full catalogue, for everybody who bought in the horizon, the first of them while there is time. */
export function evaluateRelease(
  release: Release,
  everybody: readonly EvaluationCase[],
  catalogue: Catalogue,
  horizon: Horizon,
  hasTime: () => boolean = () => true,
): EvaluationReport {
  const answered: Answered[] = []
  for (const one of everybody) {
    if (answered.length >= minQueries && !hasTime()) break
    answered.push(answersTo(one, release, catalogue, horizon))
  }
  const cases = answered.map(({ one }) => one)
  const all = measureOn("all", answered, catalogue)
  const firstTime = measureOn("firstTime", answered, catalogue)
  return {
    ...horizon,
    items: catalogue.items.size,
    customers: { all: all.customers, firstTime: firstTime.customers },
    coldStarts: cases.filter(({ history }) => history.firstAt === null).length,
    metrics: { all: all.metrics, firstTime: firstTime.metrics },
    leads: { all: all.leads, firstTime: firstTime.leads },
  }
}

/** A case with what each contender answers, by question; `null` where the customer puts no such question. */
interface Answered {
  one: EvaluationCase
  lists: Record<EvaluationQuestion, Record<Contender, string[]> | null>
}

const repeatsOf = { all: "allowed", firstTime: "excluded" } as const

function answersTo(one: EvaluationCase, release: Release, catalogue: Catalogue, { cut }: Horizon): Answered {
  const { history, relevant } = one
  const listsFor = (question: EvaluationQuestion) => {
    if (relevant[question].size === 0) return null
    const asked = { history, repeats: repeatsOf[question], nowMs: cut, limit: depth }
    const listOf = (contender: Contender) => answers[contender](asked, release, catalogue)
    return { served: listOf("served"), popularity: listOf("popularity"), habit: listOf("habit") }
  }
  return { one, lists: { all: listsFor("all"), firstTime: listsFor("firstTime") } }
}

function measureOn(question: EvaluationQuestion, answered: readonly Answered[], catalogue: Catalogue) {
  const asking = answered.filter(({ lists }) => lists[question] !== null)
  const relevant = asking.map(({ one }) => one.relevant[question])
  const listsOf = (contender: Contender) => asking.map(({ lists }) => lists[question]![contender])
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
