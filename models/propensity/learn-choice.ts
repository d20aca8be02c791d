import type { ArtifactContent } from "../../src/core/artifact/artifact.ts"
import type { Item } from "../../src/core/catalogue/item.ts"
import type { History } from "../../src/core/history/history.ts"
import { logit } from "../../src/core/measure/logistic-regression.ts"
import type { TasteModels } from "../../src/core/preference/taste-models.ts"
import type { ChoiceModel } from "../../src/core/propensity/choice.ts"
import { writeChoice } from "../../src/core/propensity/choice-artifact.ts"
import { choiceFeatureNames } from "../../src/core/propensity/choice-features.ts"
import { type Rebuy, rebuyProbabilities } from "../../src/core/repurchase/rebuy.ts"
import type { Dataset } from "../data/dataset.ts"
import { evaluationCases, type Horizon } from "../data/evaluation-cases.ts"
import { spread } from "../data/window.ts"
import { type ChoiceCase, fitChoice, meanChoice, sampleItems } from "./fit-choice.ts"
import { fitPaidPrices } from "./fit-paid-prices.ts"

export interface LearntChoice {
  contents: { choice?: ArtifactContent }
  /** Entry of the release's manifest; `null` where nothing could be learnt. */
  manifest: ({ customers: number; weights: Record<string, number> } & Pick<ChoiceModel, "center" | "paid">) | null
  summary: string
}

export interface ChoiceTerms {
  /** A release that knows nothing of the horizon, and customers as it knows them; `null` where the past is too short. */
  earlier: { release: TasteModels; histories: readonly History[]; horizon: Horizon } | null
  /** The release that the model serves with, and customers as it knows them. */
  release: TasteModels
  histories: readonly History[]
  rebuy: Rebuy | null
  items: ReadonlyMap<string, Item>
  /** End of what `release` knows, milliseconds since the epoch. */
  until: number
}

const minCustomers = 30
const maxCustomers = 1000
/** Items that stand for the catalogue: more cost every decision time, fewer make its denominators rougher. */
const sampleSize = 128
const centredOn = 300

/**
 * Before outcomes, an answer to an offer is believed to differ half as much as orders that come by themselves do: being shown something
 * is half of finding it. Log-odds of both parts are multiplied by it.
 */
const defaultTransfer: ChoiceModel["transfer"] = { orders: 0.5, item: 0.5 }

/** Learns P(item | orders) from what customers bought within the horizon, as an artifact, or says why there is none. */
export function learnChoice(dataset: Dataset, { earlier, ...terms }: ChoiceTerms): LearntChoice {
  if (earlier === null) return notLearnt("the events span less than two horizons")
  const { release, histories, horizon } = earlier
  const cases = evaluationCases(dataset, horizon, histories).flatMap(({ history, relevant }): ChoiceCase[] => {
    const bought = [...relevant.all].filter((id) => terms.items.has(id))
    return bought.length === 0 ? [] : [{ history, bought: new Set(bought) }]
  })
  if (cases.length < minCustomers)
    return notLearnt(
      `${cases.length} customers bought in the last horizon what the catalogue has, ${minCustomers} are needed`,
    )
  const model = choiceModel(spread(cases, maxCustomers), { release, cut: horizon.cut }, terms)
  const weights = Object.fromEntries(choiceFeatureNames.map((name, n) => [name, Number(model.weights[n]!.toFixed(4))]))
  return {
    contents: { choice: writeChoice(model) },
    manifest: { customers: Math.min(cases.length, maxCustomers), weights, center: model.center, paid: model.paid },
    summary: `choice: trained on ${Math.min(cases.length, maxCustomers)} customers who ordered`,
  }
}

/** Fits the weights in the view of the earlier release, and centres the model on the customers of the later one. */
export function choiceModel(
  cases: readonly ChoiceCase[],
  { release: earlier, cut }: { release: TasteModels; cut: number },
  { release, histories, rebuy, items, until }: Omit<ChoiceTerms, "earlier">,
): ChoiceModel {
  const earlierSample = sampleItems(earlier, items, sampleSize)
  const weights = fitChoice(cases, { release: earlier, items, sample: earlierSample, nowMs: cut })
  const sample = sampleItems(release, items, sampleSize)
  const some = spread(histories, centredOn)
  const paid = fitPaidPrices(histories, items)
  const orders = some.map((history) =>
    rebuy === null ? 0 : logit(rebuyProbabilities(history, rebuy, until, []).orders),
  )
  return {
    weights,
    sample,
    transfer: defaultTransfer,
    paid,
    center: {
      item: meanChoice(some, { weights, sample, paid }, { release, items, nowMs: until }),
      orders: orders.reduce((sum, value) => sum + value, 0) / Math.max(1, orders.length),
    },
  }
}

const notLearnt = (why: string): LearntChoice => ({
  contents: {},
  manifest: null,
  summary: `choice: not trained, ${why}`,
})
