import type { Item } from "../../../src/core/catalogue/item.ts"
import { certificateFor } from "../../../src/core/keep/keep.ts"
import { clusteredMean, type Estimate } from "../../../src/core/measure/estimate.ts"
import { optimizePlan } from "../../../src/core/plan/optimize-plan.ts"
import { outlayAtRisk, type SendEconomics, sendValue } from "../../../src/core/plan/send-economics.ts"
import type { SendLimits } from "../../../src/core/plan/send-problem.ts"
import { createRandom } from "../../random.ts"
import type { World } from "../../simulate/world.ts"
import { expectedFromFeatures } from "./expected-from-features.ts"
import { type Candidate, runProgramme } from "./programme.ts"

export const promise = 0.7
export const floor = 0.55
export const costs = {
  outbound: 3,
  return: 3.5,
  lossRate: 0.05,
  annoyance: 1,
  goodwill: 1,
  organicShipping: 2,
  contacts: 3,
  sends: 2000,
  moneyPerSend: 20,
  stockShare: 0.1,
}

/** One customer of a plan, with the economics of each send at its true probabilities. */
export interface BenchCustomer {
  sends: readonly SendEconomics[]
}

export interface WorldResult {
  value: { ours: number; best: number; byP: number; oracle: number }
  kept: readonly { customerId: string; kept: boolean }[]
  share: Estimate
  customers: readonly BenchCustomer[]
  notes: readonly string[]
}

type Predict = (candidate: Candidate, customer: number, n: number) => { keep: number; buysAnyway: number }

/** Trains on a simulated programme, makes a plan, and compares its true value with that of other plans within the same limits. */
export async function runWorld(world: World, seed: number): Promise<WorldResult> {
  const { shop, fit, candidates, sends, holdout } = await runProgramme(world, seed)
  const itemIndex = new Map(shop.items.map(({ id }, n) => [id, n]))
  const flat = candidates.flat()
  const truth = flat.map((one) => termsOf(shop.items[itemIndex.get(one.itemId)!]!, truthOf(one)))
  const limits: SendLimits = {
    money: costs.sends * costs.moneyPerSend,
    volume: costs.sends,
    stock: shop.items.map(({ stock = 0 }) => Math.ceil(stock * costs.stockShare)),
    contacts: costs.contacts,
    promise,
    floor,
  }
  const planBy = (predict: Predict, own: Partial<SendLimits> = {}, byKeepAlone = false) => {
    const columns = columnsOf(candidates, itemIndex, shop.items, predict)
    return optimizePlan(byKeepAlone ? { ...columns, value: columns.keep } : columns, { ...limits, ...own })
  }
  const trueValueOf = (rows: Int32Array) => rows.reduce((sum, row) => sum + sendValue(truth[row]!), 0)
  const certificate = certificateFor(fit.keep!, promise)
  const cutoff = certificate?.cutoff ?? 1
  const ours = planBy((one) => one, {
    floor: Math.max(floor, cutoff),
    promise: promise + (certificate?.allowance ?? 0),
  })
  const expected = expectedFromFeatures(candidates)
  const best = planBy((_, customer, n) => expected[customer]![n]!)
  const byP = planBy((one) => one, {}, true)
  const oracle = planBy(truthOf)
  const random = createRandom(seed, 0x6b657074)
  const kept = Array.from(ours.rows, (row) => ({
    customerId: `${seed}-${flat[row]!.userId}`,
    kept: random() < flat[row]!.trueKeep,
  }))
  const share = clusteredMean(
    kept.map((one) => (one.kept ? 1 : 0)),
    kept.map(({ customerId }) => customerId),
  )
  const { test } = fit
  return {
    value: {
      ours: trueValueOf(ours.rows),
      best: trueValueOf(best.rows),
      byP: trueValueOf(byP.rows),
      oracle: trueValueOf(oracle.rows),
    },
    kept,
    share,
    customers: plannedOf(ours.rows, flat, truth),
    notes: [
      `trained on ${sends.length} sends, ${(100 * (sends.filter((one) => one.kept).length / sends.length)).toFixed(1)} % kept; ${holdout} customers of the waves in the holdout`,
      `keep on the last window: log-loss ${test!.logLoss.toFixed(4)} (always the kept share: ${test!.shareLogLoss.toFixed(4)}), calibration error ${test!.ece.toFixed(3)}, slope ${test!.slope.toFixed(2)}`,
      `cut-off ${cutoff.toFixed(3)}, allowance ${certificate?.allowance?.toFixed(3)}, certified on ${certificate?.sends ?? 0} sends; plan: ${ours.rows.length} sends, expected kept share ${ours.keptShare.toFixed(3)}, realised ${share.value.toFixed(3)} ± ${share.error.toFixed(3)}; ` +
        `expected value ${ours.value.toFixed(0)}, gap to its bound ${(100 * ours.gap).toFixed(2)} %; shadow price of a euro ${ours.prices.money.toFixed(3)}, of a send ${ours.prices.volume.toFixed(2)}`,
    ],
  }
}

const truthOf = ({ trueKeep, trueBuysAnyway }: Candidate) => ({ keep: trueKeep, buysAnyway: trueBuysAnyway })

function termsOf(
  { price = 0, margin = 0 }: Item,
  { keep, buysAnyway }: { keep: number; buysAnyway: number },
): SendEconomics {
  return {
    keep,
    buysAnyway,
    margin,
    organicMargin: margin - costs.organicShipping,
    outboundCost: costs.outbound,
    returnCost: costs.return,
    lossRate: costs.lossRate,
    unitCost: Math.max(0, price - margin),
    annoyance: costs.annoyance,
    goodwill: costs.goodwill,
    stockPrice: 0,
  }
}

function columnsOf(
  candidates: readonly (readonly Candidate[])[],
  itemIndex: ReadonlyMap<string, number>,
  items: readonly Item[],
  predict: Predict,
) {
  const rows = candidates.flatMap((own, customer) =>
    own.map((one, n) => {
      const item = itemIndex.get(one.itemId)!
      return { item, terms: termsOf(items[item]!, predict(one, customer, n)) }
    }),
  )
  const offsets = [0]
  for (const own of candidates) offsets.push(offsets.at(-1)! + own.length)
  return {
    offsets: Int32Array.from(offsets),
    item: Int32Array.from(rows, ({ item }) => item),
    value: Float64Array.from(rows, ({ terms }) => sendValue(terms)),
    keep: Float64Array.from(rows, ({ terms }) => terms.keep),
    money: Float64Array.from(rows, ({ terms }) => outlayAtRisk(terms)),
  }
}

function plannedOf(rows: Int32Array, flat: readonly Candidate[], truth: readonly SendEconomics[]): BenchCustomer[] {
  const byCustomer = new Map<string, SendEconomics[]>()
  for (const row of rows) {
    const { userId } = flat[row]!
    byCustomer.set(userId, [...(byCustomer.get(userId) ?? []), truth[row]!])
  }
  return [...byCustomer.values()].map((sends) => ({ sends }))
}
