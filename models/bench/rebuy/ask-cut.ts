import { rebuyProbabilities } from "../../../src/core/repurchase/rebuy.ts"
import { customerFeatures, pairWidth, writePairFeatures } from "../../../src/core/repurchase/rebuy-features.ts"
import { visitsOf } from "../../../src/core/repurchase/visits.ts"
import type { Dataset } from "../../data/dataset.ts"
import type { RebuyCertificate } from "../../rebuy/certify.ts"
import { fitRebuy } from "../../rebuy/fit.ts"
import { type TrainingSnapshot, trainingSnapshotsAt } from "../../rebuy/training-snapshot.ts"
import type { AskedRows, Baseline } from "./baselines.ts"
import type { Judged } from "./measure.ts"

/** Everything asked at one cut: the pairs bought before with what the model and the baselines say, and the new ones. */
export interface AskedCut {
  cut: number
  certificate: RebuyCertificate
  /** The model's, and each baseline's with its score in the place of the probability. */
  pairs: Record<string, Judged[]>
  firstTime: { positives: number; pairs: Judged[] }
  seconds: number
}

/** New pairs of a customer that are asked about: the items that most people buy for the first time. */
const newPerCustomer = 200

/** Learns from what lies before the cut alone, then looks at what came of it; `null` where the past is too short. */
export function askCut(
  dataset: Dataset,
  cut: number,
  horizonMs: number,
  baselines: Readonly<Record<string, Baseline>>,
): AskedCut | null {
  const begun = performance.now()
  const fitted = fitRebuy(dataset, { until: cut, horizonMs })
  if (fitted === null) return null
  const { certificate } = fitted
  const snapshot = trainingSnapshotsAt(dataset, [cut], horizonMs)[0]!
  const pairs: Record<string, Judged[]> = { ours: [] }
  const firstTime: Judged[] = []
  const popular = mostBought(snapshot)
  let positives = 0
  snapshot.histories.forEach((history, index) => {
    if (history.orders === 0) return
    const customerId = snapshot.customerIds[index]!
    const { bought } = snapshot.outcomes[index]!
    const judged = ({ itemId, probability }: { itemId: string; probability: number }) => ({
      customerId,
      itemId,
      probability,
      bought: bought.has(itemId),
    })
    pairs.ours!.push(...rebuyProbabilities(history, fitted.rebuy, cut).items.map(judged))
    const isNew = (itemId: string) => (history.items[itemId]?.purchases ?? 0) === 0
    positives += [...bought].filter(isNew).length
    const asked = popular.filter(isNew).slice(0, newPerCustomer)
    firstTime.push(...rebuyProbabilities(history, fitted.rebuy, cut, asked).items.map(judged))
  })
  const seconds = (performance.now() - begun) / 1000
  const { rows, asked } = askedRows(snapshot, pairs.ours!)
  for (const [name, baseline] of Object.entries(baselines)) {
    const scores = baseline(fitted.snapshots, rows)
    pairs[name] = asked.map((pair, row) => ({ ...pair, probability: scores[row]! }))
  }
  return { cut, certificate, pairs, firstTime: { positives, pairs: firstTime }, seconds }
}

function mostBought({ histories, items }: TrainingSnapshot): string[] {
  const buyers = new Map(items.ids.map((id) => [id, 0]))
  for (const history of histories) {
    for (const id in history.items) if (buyers.has(id)) buyers.set(id, buyers.get(id)! + 1)
  }
  return [...items.ids].sort((a, b) => buyers.get(b)! - buyers.get(a)!)
}

/** The same pairs as rows of features, customers in the snapshot's order. */
function askedRows(snapshot: TrainingSnapshot, pairs: readonly Judged[]): { rows: AskedRows; asked: Judged[] } {
  const known = new Map(pairs.map((pair) => [`${pair.customerId}\n${pair.itemId}`, pair]))
  const features = new Float32Array(pairs.length * pairWidth)
  const asked: Judged[] = []
  snapshot.histories.forEach(({ items }, index) => {
    const visits = visitsOf({ items })
    const customer = customerFeatures(visits, snapshot.horizonMs, snapshot.cut)
    for (const itemId in items) {
      const pair = known.get(`${snapshot.customerIds[index]!}\n${itemId}`)
      if (pair === undefined) continue
      const item = items[itemId]!
      writePairFeatures({ customer, visits, item, itemId }, snapshot, snapshot.cut, features, asked.length * pairWidth)
      asked.push(pair)
    }
  })
  return { rows: { width: pairWidth, features }, asked }
}
