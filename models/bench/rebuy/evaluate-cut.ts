import { rebuyProbabilities } from "../../../src/core/repurchase/rebuy.ts"
import { customerFeatures, pairWidth, writePairFeatures } from "../../../src/core/repurchase/rebuy-features.ts"
import { visitsOf } from "../../../src/core/repurchase/visits.ts"
import type { Dataset } from "../../data/dataset.ts"
import type { RebuyCertificate } from "../../rebuy/certify.ts"
import { fitRebuy } from "../../rebuy/fit.ts"
import { type TrainingSnapshot, trainingSnapshotsAt } from "../../rebuy/training-snapshot.ts"
import type { Baseline, EvaluationRows } from "./baselines.ts"
import type { LabelledPair } from "./measure.ts"

/** The pairs of one cut, bought before or new, with the scores of the model and of the baselines. */
export interface EvaluatedCut {
  cut: number
  certificate: RebuyCertificate
  /** The model's, and each baseline's with its score in the place of the probability. */
  pairs: Record<string, LabelledPair[]>
  firstTime: { positives: number; pairs: LabelledPair[] }
  seconds: number
}

/** Number of new pairs of a customer: the most bought items that they have not bought. */
const newPerCustomer = 200

/** Trains on the time before the cut and labels pairs by the time after it; `null` where the past is too short. */
export function evaluateCut(
  dataset: Dataset,
  cut: number,
  horizonMs: number,
  baselines: Readonly<Record<string, Baseline>>,
): EvaluatedCut | null {
  const begun = performance.now()
  const fitted = fitRebuy(dataset, { until: cut, horizonMs })
  if (fitted === null) return null
  const { certificate } = fitted
  const snapshot = trainingSnapshotsAt(dataset, [cut], horizonMs)[0]!
  const pairs: Record<string, LabelledPair[]> = { ours: [] }
  const firstTime: LabelledPair[] = []
  const popular = mostBought(snapshot)
  let positives = 0
  snapshot.histories.forEach((history, index) => {
    if (history.orders === 0) return
    const customerId = snapshot.customerIds[index]!
    const { bought } = snapshot.outcomes[index]!
    const labelled = ({ itemId, probability }: { itemId: string; probability: number }) => ({
      customerId,
      itemId,
      probability,
      bought: bought.has(itemId),
    })
    pairs.ours!.push(...rebuyProbabilities(history, fitted.rebuy, cut).items.map(labelled))
    const isNew = (itemId: string) => (history.items[itemId]?.purchases ?? 0) === 0
    positives += [...bought].filter(isNew).length
    const itemIds = popular.filter(isNew).slice(0, newPerCustomer)
    firstTime.push(...rebuyProbabilities(history, fitted.rebuy, cut, itemIds).items.map(labelled))
  })
  const seconds = (performance.now() - begun) / 1000
  const { rows, ordered } = evaluationRows(snapshot, pairs.ours!)
  for (const [name, baseline] of Object.entries(baselines)) {
    const scores = baseline(fitted.snapshots, rows)
    pairs[name] = ordered.map((pair, row) => ({ ...pair, probability: scores[row]! }))
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

/** Returns the same pairs with their rows of features, customers in the snapshot's order. */
function evaluationRows(
  snapshot: TrainingSnapshot,
  pairs: readonly LabelledPair[],
): { rows: EvaluationRows; ordered: LabelledPair[] } {
  const pairOf = new Map(pairs.map((pair) => [`${pair.customerId}\n${pair.itemId}`, pair]))
  const features = new Float32Array(pairs.length * pairWidth)
  const ordered: LabelledPair[] = []
  snapshot.histories.forEach(({ items }, index) => {
    const visits = visitsOf({ items })
    const customer = customerFeatures(visits, snapshot.horizonMs, snapshot.cut)
    for (const itemId in items) {
      const pair = pairOf.get(`${snapshot.customerIds[index]!}\n${itemId}`)
      if (pair === undefined) continue
      const item = items[itemId]!
      writePairFeatures(
        { customer, visits, item, itemId },
        snapshot,
        snapshot.cut,
        features,
        ordered.length * pairWidth,
      )
      ordered.push(pair)
    }
  })
  return { rows: { width: pairWidth, features }, ordered }
}
