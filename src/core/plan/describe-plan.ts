import type { Item } from "../catalogue/item.ts"
import { groupBy } from "../measure/group-by.ts"
import type { AutonomyLevel } from "../policy/autonomy-levels.ts"
import type { PlanRequest } from "../policy/plan-request.ts"
import type { CandidateColumns } from "./candidate-columns.ts"
import type { SendPlan } from "./optimize-plan.ts"
import { shipsGoods } from "./plan-gates.ts"
import type { PlanSummary } from "./plan-schema.ts"
import type { PlanTally } from "./plan-tally.ts"
import type { WeighedItem } from "./weigh-customer.ts"

export interface ProposedSend {
  customerId: string
  segment: string
  inHoldout: boolean
  item: WeighedItem
}

export interface DescribeOptions {
  isInHoldout: (customerId: string) => boolean
  /** Least P(keep | sent) certified for the promise; `null`: none. */
  cutoff: number | null
  items: ReadonlyMap<string, Item>
  seconds: number
}

/** Summarises a plan (sends, holdout, exclusions, dual prices) and lists its proposed sends. */
export function describePlan(
  { budgets, promise, dryRun, autonomyLevel, pilot, currency }: PlanRequest,
  columns: CandidateColumns,
  chosen: SendPlan,
  tally: PlanTally,
  { isInHoldout, cutoff, items, seconds }: DescribeOptions,
): { summary: PlanSummary; sends: ProposedSend[] } {
  const sends = Array.from(chosen.rows, (row): ProposedSend => {
    const customer = columns.customerOf(row)
    return { ...customer, inHoldout: isInHoldout(customer.customerId), item: columns.rowAt(row) }
  })
  tally.excludeCandidates("budgets", columns.rows() - sends.length)
  const sent = sends.filter(({ inHoldout }) => !inHoldout)
  const holdout = sends.filter(({ inHoldout }) => inHoldout)
  const { customers, eligible } = tally.counts()
  return {
    sends,
    summary: {
      customers,
      eligible,
      candidates: columns.rows(),
      exclusions: tally.exclusions(),
      chosen: {
        sends: sent.length,
        customers: customersIn(sent),
        expectedKeptShare: meanKeep(sent),
        expectedValue: total(sent, ({ value }) => value),
        moneyAtRisk: total(sent, ({ money }) => money),
      },
      holdout: { sends: holdout.length, customers: customersIn(holdout) },
      dualPrices: dualPricesOf(chosen, columns),
      curve: tally.curve(),
      segments: bySegment(sent),
      verdict: verdictOf(sent, currency),
      items: itemsOf(sent, items),
      notes: [
        ...(columns.rows() === 0 ? ["no customer is left to whom a send has positive value"] : []),
        ...(columns.rows() > 0 && sends.length === 0
          ? [`no choice of up to ${budgets.volume} sends keeps the promise of ${promise} within the budgets`]
          : []),
        ...certificateNotes(autonomyLevel, pilot, cutoff, promise),
        ...(dryRun ? ["a dry run: its sends are listed, and none is made"] : []),
      ],
      seconds,
    },
  }
}

function certificateNotes(
  autonomyLevel: AutonomyLevel,
  pilot: boolean,
  cutoff: number | null,
  promise: number,
): string[] {
  if (!shipsGoods(autonomyLevel)) return []
  if (cutoff !== null)
    return [
      `sends with a keep probability of at least ${cutoff.toFixed(3)} are certified for the promise of ${promise}`,
    ]
  return pilot
    ? ["a pilot: the promise is not certified yet"]
    : ["the promise is not certified yet, so no goods may leave except in a pilot"]
}

function verdictOf(sends: readonly ProposedSend[], currency: string): string {
  if (sends.length === 0) return "Nothing is worth sending."
  const byItem = [...groupBy(sends, ({ item }) => item.itemId).values()].map(({ length }) => length)
  const largest = (100 * Math.max(...byItem)) / sends.length
  const value = total(sends, (item) => item.value).toFixed(2)
  return `${customersIn(sends)} customers are sent ${byItem.length} different items, worth ${value} ${currency} in expectation; no item is more than ${largest.toFixed(1)} % of ${sends.length} sends.`
}

const maxItems = 20

function itemsOf(sends: readonly ProposedSend[], items: ReadonlyMap<string, Item>): PlanSummary["items"] {
  const groups = [...groupBy(sends, ({ item }) => item.itemId)].sort(([, a], [, b]) => b.length - a.length)
  const prices = sends.flatMap(({ item }) => items.get(item.itemId)?.price ?? []).sort((a, b) => a - b)
  return {
    distinct: groups.length,
    largestShare: groups.length === 0 ? null : groups[0]![1].length / sends.length,
    prices: prices.length === 0 ? null : { low: prices[0]!, median: prices[prices.length >> 1]!, high: prices.at(-1)! },
    most: groups.slice(0, maxItems).map(([itemId, own]) => {
      const { title, price } = items.get(itemId) ?? {}
      return {
        itemId,
        ...(title !== undefined && { title }),
        ...(price !== undefined && { price }),
        sends: own.length,
        share: own.length / sends.length,
        meanKeepProbability: meanKeep(own)!,
        meanOrganicProbability: total(own, ({ buysAnyway }) => buysAnyway) / own.length,
        expectedValue: total(own, ({ value }) => value),
      }
    }),
  }
}

const customersIn = (sends: readonly ProposedSend[]) => new Set(sends.map(({ customerId }) => customerId)).size

const total = (sends: readonly ProposedSend[], of: (item: WeighedItem) => number) =>
  sends.reduce((sum, { item }) => sum + of(item), 0)

const meanKeep = (sends: readonly ProposedSend[]) =>
  sends.length === 0 ? null : total(sends, ({ keep }) => keep) / sends.length

const maxStockPrices = 20

function dualPricesOf({ prices }: SendPlan, { itemIds }: CandidateColumns): PlanSummary["dualPrices"] {
  const stock = itemIds
    .map((itemId, n) => ({ itemId, price: prices.stock[n]! }))
    .filter(({ price }) => price > 0)
    .sort((a, b) => b.price - a.price)
  return {
    money: prices.money,
    volume: prices.volume,
    promise: prices.promise,
    stock: stock.slice(0, maxStockPrices),
  }
}

function bySegment(sends: readonly ProposedSend[]): PlanSummary["segments"] {
  return [...groupBy(sends, ({ segment }) => segment)]
    .map(([segment, own]) => ({ segment, sends: own.length, expectedKeptShare: meanKeep(own)! }))
    .sort((a, b) => b.sends - a.sends)
}
