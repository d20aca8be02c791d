import type { Item } from "../../src/core/catalogue/item.ts"
import type { History } from "../../src/core/history/history.ts"
import type { Release } from "../../src/core/release/release.ts"
import { readRebuy } from "../../src/core/repurchase/rebuy-artifact.ts"
import type { Store } from "../../src/store/store.ts"
import type { Dataset } from "../data/dataset.ts"
import type { Horizon } from "../data/evaluation-cases.ts"
import {
  finiteModels,
  nonFiniteModels,
  type OmittedModel,
  type OptionalContents,
  outOfTime,
} from "../data/omitted-models.ts"
import { learnKeep, readSends } from "../keep/learn-keep.ts"
import { learnChoice } from "../propensity/learn-choice.ts"
import { learnPropensity } from "../propensity/learn-propensity.ts"
import { learnRebuy } from "../rebuy/learn-rebuy.ts"
import { learnRenewal } from "../renewal/learn-renewal.ts"
import { type Budget, OutOfTime, type Stage } from "../workers/budget.ts"

export interface DecisionTerms {
  /** Events and decisions before it are learnt from, milliseconds since the epoch; logs of decisions may reach further than events. */
  until: number
  logsUntil: number
  horizonMs: number
  seed: number
  release: Release
  /** Customers as the release knows them, in the order of the dataset. */
  histories: readonly History[]
  /** A release that knows nothing from the horizon on, and customers as it knows them; `null` where the past is too short. */
  earlier: { release: Release; histories: readonly History[]; horizon: Horizon } | null
  catalogue: readonly Item[]
  budget: Budget
  onProgress: (line: string) => void
}

export interface DecisionModels {
  contents: OptionalContents
  /** Entries of the release's manifest, by model. */
  manifest: Record<"propensity" | "renewal" | "rebuy" | "choice" | "keep", unknown>
  omitted: OmittedModel[]
}

/** Learns the models that decisions and plans rest on, each by itself; one for which no time is left, or that is not learnt in finite numbers, is left out. */
export async function learnDecisions(
  store: Pick<Store, "decisionLog" | "sends">,
  dataset: Dataset,
  { until, logsUntil, horizonMs, seed, release, histories, earlier, catalogue, budget, onProgress }: DecisionTerms,
): Promise<DecisionModels> {
  const omitted: OmittedModel[] = []
  const inTime = async <T>(
    stage: Stage & keyof DecisionModels["manifest"],
    learn: () => Promise<T>,
    model: keyof DecisionModels["manifest"] = stage,
  ): Promise<T | null> => {
    try {
      budget.checkTime(stage)()
      return await learn()
    } catch (error) {
      if (!(error instanceof OutOfTime)) throw error
      omitted.push({ model, reason: outOfTime })
      return null
    }
  }
  const propensity = await inTime("propensity", async () => {
    const learnt = await learnPropensity(store, { until: logsUntil, seed, checkTime: budget.checkTime("propensity") })
    onProgress(learnt.summary)
    return learnt
  })
  const items = new Map(catalogue.map((item) => [item.id, item]))
  const renewal = await inTime(
    "rebuy",
    async () => {
      const learnt = learnRenewal({ histories, catalogue: items, untilMs: until })
      onProgress(learnt.summary)
      return learnt
    },
    "renewal",
  )
  const isBounded = budget.until("rebuy") < Number.POSITIVE_INFINITY
  const time = {
    now: budget.now,
    leftMs: () => budget.until("rebuy") - budget.now(),
    checkTime: budget.checkTime("rebuy"),
  }
  const rebuy = await inTime("rebuy", async () => {
    const learnt = learnRebuy(dataset, { until, horizonMs, seed, ...(isBounded && { time }) })
    onProgress(learnt.summary)
    return learnt
  })
  const choice = await inTime(
    "rebuy",
    async () => {
      const rebuyModel = rebuy?.contents.rebuy ? readRebuy(rebuy.contents.rebuy) : null
      const learnt = learnChoice(dataset, { earlier, release, histories, rebuy: rebuyModel, items, until })
      onProgress(learnt.summary)
      return learnt
    },
    "choice",
  )
  const keep = await inTime("keep", async () => {
    const known = { dataset, sends: await readSends(store, logsUntil), release, catalogue: { items } }
    const learnt = await learnKeep(known, { until, seed, checkTime: budget.checkTime("keep") })
    onProgress(learnt.said)
    return learnt
  })
  const fitted = {
    ...propensity?.contents,
    ...renewal?.contents,
    ...rebuy?.contents,
    ...choice?.contents,
    ...keep?.contents,
  }
  return {
    contents: finiteModels(fitted),
    manifest: {
      propensity: propensity?.manifest ?? null,
      renewal: renewal?.manifest ?? null,
      rebuy: rebuy?.manifest ?? null,
      choice: choice?.manifest ?? null,
      keep: keep?.manifest ?? null,
    },
    omitted: [...omitted, ...nonFiniteModels(fitted)],
  }
}
