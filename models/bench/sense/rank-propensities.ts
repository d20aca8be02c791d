import { rebuyProbabilities } from "../../../src/core/repurchase/rebuy.ts"
import type { Answer } from "./answers.ts"
import type { AskedNow } from "./compare-plans.ts"
import type { OpenWorld } from "./open-world.ts"
import { spearman } from "./spearman.ts"

export interface TracedOption {
  offerId: string | null
  itemId?: string
  itemIds?: string[]
  kind: string
  propensity: number | null
}

/** A decision, and the offers that it weighed. */
export interface Weighed {
  customerId: string
  answer: Answer
  options: readonly TracedOption[]
}

/** Kinds that customers accept or refuse. */
const accepted = new Set(["recommendation", "parcel", "promotion", "replenishment", "retention"])

/** Returns Spearman's correlation with the truth, over customers and offers, of propensity and of what knows less or more. */
export async function rankPropensities(
  { services, shop, evenTruth }: OpenWorld,
  decided: readonly Weighed[],
  { userIdOf, nowMs }: AskedNow,
) {
  const { rebuy, items, popularity } = services.live.current()!
  const { offers } = services.catalogue.current()
  const rows = decided.flatMap(({ customerId, options }) =>
    options.filter(({ kind }) => accepted.has(kind)).map((option) => ({ customerId, option })),
  )
  const truthBy = (truth: OpenWorld["evenTruth"]) =>
    rows.map(({ customerId, option: { offerId, itemId } }) => {
      const context = { channel: "web" as const, atMs: nowMs, ...(itemId !== undefined && { itemId }) }
      return truth.inducedProbability(userIdOf.get(customerId)!, offers.get(offerId!)!, context)
    })
  const truth = truthBy(shop.truth)
  const ofItems = (scoreOf: (itemId: string, customerId: string) => number) =>
    rows.map(({ customerId, option: { itemId } }) => (itemId === undefined ? 0 : scoreOf(itemId, customerId)))
  const rebuyOf = new Map<string, Map<string, number>>()
  for (const { customerId, options } of rebuy === null ? [] : decided) {
    const { history } = await services.store.customers.read({ customerId })
    const itemIds = options.flatMap(({ itemId }) => itemId ?? [])
    const found = rebuyProbabilities(history, rebuy!, nowMs, itemIds).items
    rebuyOf.set(customerId, new Map(found.map(({ itemId, probability }) => [itemId, probability])))
  }
  const rateOf = (kind: string) => meanOf(truth.filter((_, row) => rows[row]!.option.kind === kind))
  const rates = new Map([...accepted].map((kind) => [kind, rateOf(kind)]))
  const against = (scores: readonly number[]) => spearman(scores, truth)
  return {
    priorRank: against(rows.map(({ option }) => option.propensity!)),
    popularityRank: against(ofItems((itemId) => popularity.overall[items.indexOf.get(itemId) ?? -1] ?? 0)),
    kindRank: against(rows.map(({ option }) => rates.get(option.kind)!)),
    rebuyRank: rebuy && against(ofItems((itemId, customerId) => rebuyOf.get(customerId)!.get(itemId)!)),
    evenRank: against(truthBy(evenTruth)),
  }
}

const meanOf = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length
