import type { Event } from "../../../src/core/history/event.ts"
import { fold } from "../../../src/core/history/fold.ts"
import { emptyHistory, type History } from "../../../src/core/history/history.ts"
import { ndcgAt } from "../../../src/core/measure/ranking-metrics.ts"
import { recommend } from "../../../src/core/preference/recommend.ts"
import type { Repeats } from "../../../src/core/preference/scorers.ts"
import { decodeRelease } from "../../../src/core/release/decode-release.ts"
import { type Dataset, eventsOf, horizonOf } from "../../data/dataset.ts"
import { catalogueOfIds } from "../../data/evaluation-cases.ts"
import { type TrainUntilCutoffOptions, trainUntilCutoff } from "../../learn/train-until-cutoff.ts"
import { createRandom } from "../../random.ts"
import { fitEase } from "./plain-ease.ts"
import { datasetOf, drawSmallShop, simulateSmallShop } from "./small-shop.ts"

/** Share of the time to train on; later orders are evaluated. */
const trainingShare = 0.75
const easeRidge = 20

/** NDCG@20 of everything ordered, and of items never ordered before. */
export interface Ndcg {
  all: number
  firstTime: number
}

export interface ComparedShop {
  /** Number of later orders of known customers, each evaluated as of its own time. */
  orders: number
  /** Number of queries that chose parameters, by several windows and by one. */
  validationQueries: { several: number; single: number }
  several: Ndcg
  single: Ndcg
  popularity: Ndcg
  ease: Ndcg
}

interface LaterOrder {
  history: History
  at: number
  relevant: ReadonlySet<string>
}

type Answer = (order: LaterOrder, repeats: Repeats) => readonly string[]

/** Trains on a small shop twice, with several windows and with the two latest, and evaluates both on later orders of known customers. */
export async function compareWindows(seed: number): Promise<ComparedShop> {
  const shop = drawSmallShop(createRandom(seed, 10))
  const dataset = await datasetOf(simulateSmallShop(shop, seed))
  const cut = dataset.firstAt + trainingShare * (dataset.lastAt - dataset.firstAt)
  const orders = laterOrders(dataset, cut)
  const options = { seed, threads: 1, horizonDays: horizonOf(dataset) }
  const train = async (windows: NonNullable<TrainUntilCutoffOptions["windows"]>) => {
    const { contents, steps } = await trainUntilCutoff(dataset, cut, { ...options, windows })
    const release = decodeRelease({ id: "bench", createdAt: cut, trainedUntil: cut }, contents)
    const catalogue = catalogueOfIds(dataset.itemIds)
    const answer: Answer = ({ history, at }, repeats) =>
      recommend({ history, vector: null, limit: 20, repeats, nowMs: at, explain: false }, release, catalogue).map(
        ({ itemId }) => itemId,
      )
    return { ndcg: ndcgOf(answer, orders), validationQueries: steps[0]?.queries ?? 0 }
  }
  const several = await train("as many as it takes")
  const single = await train("the two latest")
  return {
    orders: orders.length,
    validationQueries: { several: several.validationQueries, single: single.validationQueries },
    several: several.ndcg,
    single: single.ndcg,
    popularity: ndcgOf(byPopularity(dataset, cut), orders),
    ease: ndcgOf(byEase(dataset, cut), orders),
  }
}

function laterOrders(dataset: Dataset, cut: number): LaterOrder[] {
  return dataset.customerIds.flatMap((_, customer) => {
    const events = eventsOf(dataset, customer, { until: Number.POSITIVE_INFINITY })
    return events.flatMap((event, n) =>
      event.at < cut || n === 0
        ? []
        : [{ history: fold(emptyHistory, events.slice(0, n)), at: event.at, relevant: itemsOf(event) }],
    )
  })
}

const itemsOf = ({ lines }: Event): Set<string> => new Set(lines.map(({ itemId }) => itemId))

function ndcgOf(answer: Answer, orders: readonly LaterOrder[]): Ndcg {
  const values = { all: [] as number[], firstTime: [] as number[] }
  for (const order of orders) {
    const firstTime = new Set([...order.relevant].filter((id) => !Object.hasOwn(order.history.items, id)))
    values.all.push(ndcgAt(20, answer(order, "allowed"), order.relevant))
    if (firstTime.size > 0) values.firstTime.push(ndcgAt(20, answer(order, "excluded"), firstTime))
  }
  const mean = (all: readonly number[]) => all.reduce((sum, value) => sum + value, 0) / Math.max(1, all.length)
  return { all: mean(values.all), firstTime: mean(values.firstTime) }
}

/** Returns the best items by score, without items bought before where repeats are excluded. */
function bestOf(dataset: Dataset, scores: Float64Array, { history }: LaterOrder, repeats: Repeats): string[] {
  return [...scores.keys()]
    .sort((a, b) => scores[b]! - scores[a]!)
    .map((row) => dataset.itemIds[row]!)
    .filter((id) => repeats === "allowed" || !Object.hasOwn(history.items, id))
    .slice(0, 20)
}

const boughtBefore = (dataset: Dataset, cut: number): Set<number>[] => {
  const rowOf = new Map(dataset.itemIds.map((id, row) => [id, row]))
  return dataset.customerIds.map(
    (_, customer) =>
      new Set(
        eventsOf(dataset, customer, { until: cut }).flatMap((event) => [...itemsOf(event)].map((id) => rowOf.get(id)!)),
      ),
  )
}

function byPopularity(dataset: Dataset, cut: number): Answer {
  const counts = new Float64Array(dataset.itemIds.length)
  for (const rows of boughtBefore(dataset, cut)) for (const row of rows) counts[row]! += 1
  return (order, repeats) => bestOf(dataset, counts, order, repeats)
}

function byEase(dataset: Dataset, cut: number): Answer {
  const items = dataset.itemIds.length
  const weights = fitEase(boughtBefore(dataset, cut), items, easeRidge)
  const rowOf = new Map(dataset.itemIds.map((id, row) => [id, row]))
  return (order, repeats) => {
    const scores = new Float64Array(items)
    for (const id of Object.keys(order.history.items)) {
      const from = rowOf.get(id)! * items
      for (let row = 0; row < items; row++) scores[row]! += weights[from + row]!
    }
    return bestOf(dataset, scores, order, repeats)
  }
}
