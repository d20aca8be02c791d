import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { itemIndex } from "../../src/core/artifact/item-index.ts"
import { keptItems } from "../../src/core/history/net-purchases.ts"
import { defaultConfidenceWeights } from "../../src/core/preference/confidences.ts"
import { dayMs } from "../../src/core/time/durations.ts"
import { type Dataset, historiesOf } from "../data/dataset.ts"
import {
  type EvaluationCase,
  type EvaluationQuestion,
  evaluationCases,
  evaluationQuestions,
} from "../data/evaluation-cases.ts"
import { interactionsOf } from "../data/interactions-of.ts"
import { peerPython, runPeer } from "./peers.ts"

export interface PeerResult {
  figures: Record<EvaluationQuestion, { recall20: number; ndcg20: number }>
  chosen: Record<string, unknown>
  trials: number
}

/** Measures the implicit library's ALS on the same split, tuned on the window before the cut with as many trials; `undefined` without the library. */
export function measureImplicit(
  dataset: Dataset,
  { cut, until, trials }: { cut: number; until: number; trials: number },
  folder: string,
  python?: string,
): PeerResult | undefined {
  const found = peerPython(["implicit"], folder, python)
  if (found === undefined) return undefined
  const path = join(folder, "shop.json")
  const validationCut = cut - (until - cut)
  const data = {
    items: dataset.itemIds.length,
    validation: partOf(dataset, validationCut, cut),
    test: partOf(dataset, cut, until),
  }
  writeFileSync(path, JSON.stringify(data))
  return runPeer<PeerResult>(found, "implicit_shop.py", [path, trials])
}

function partOf(dataset: Dataset, cut: number, until: number) {
  const items = itemIndex(dataset.itemIds)
  const histories = historiesOf(dataset, { until: cut })
  const { offsets, indexes, confidence, lastAt } = interactionsOf(histories, items, {
    ...defaultConfidenceWeights,
    halfLifeDays: null,
  })
  const customerOf = new Map(histories.map((history, customer) => [history, customer]))
  const rowsOf = (ids: Iterable<string>) => [...ids].flatMap((id) => items.indexOf.get(id) ?? [])
  const queries = evaluationCases(dataset, { cut, until }, histories).flatMap((one) =>
    evaluationQuestions.flatMap((repeats) => {
      const relevant = one.relevant[repeats]
      if (relevant.size === 0) return []
      const blocked = repeats === "all" ? [] : rowsOf(boughtIn(one))
      const customer = customerOf.get(one.history) ?? 0
      return [{ repeats, customer, blocked, relevant: rowsOf(relevant), size: relevant.size }]
    }),
  )
  return {
    offsets: [...offsets],
    indexes: [...indexes],
    confidence: [...confidence],
    ageDays: Array.from(lastAt, (at) => (cut - at) / dayMs),
    queries,
  }
}

const boughtIn = ({ history }: EvaluationCase): string[] => keptItems(history)
