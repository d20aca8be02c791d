import type { Catalogue } from "../../../src/core/catalogue/catalogue.ts"
import type { History } from "../../../src/core/history/history.ts"
import { keepProbability } from "../../../src/core/keep/keep.ts"
import { keepCandidates } from "../../../src/core/keep/keep-candidates.ts"
import { keepFeaturesOf } from "../../../src/core/keep/keep-features.ts"
import { isInHoldout } from "../../../src/core/plan/holdout.ts"
import type { Release } from "../../../src/core/release/release.ts"
import type { Rebuy } from "../../../src/core/repurchase/rebuy.ts"
import { rebuyProbabilities } from "../../../src/core/repurchase/rebuy.ts"
import { dayMs } from "../../../src/core/time/durations.ts"
import type { CustomerEvent } from "../../../src/store/events/event-types.ts"
import { loadDataset } from "../../data/dataset.ts"
import { pastOf } from "../../data/past.ts"
import type { KeepExample } from "../../keep/examples.ts"
import { fitKeep, type KeepFit } from "../../keep/fit.ts"
import type { ResolvedSend } from "../../keep/learn-keep.ts"
import { fitRelease } from "../../learn/fit-release.ts"
import { createRandom } from "../../random.ts"
import { fitRebuy, type RebuyParameters, rebuyParameters } from "../../rebuy/fit.ts"
import { startingConfiguration } from "../../search/configuration.ts"
import type { Shop } from "../../simulate/shop.ts"
import { simulateShop } from "../../simulate/simulate-shop.ts"
import type { World } from "../../simulate/world.ts"
import { createGoldenRecords } from "../decide/golden-records.ts"

const horizonDays = 30
const endMs = Date.UTC(2026, 5, 15) - 1
const planAt = endMs - (horizonDays + 1) * dayMs

/**
 * Waves of the exploring programme: when each was sent, as a share of the days before the plan, and how many random candidates each customer
 * got. Three fifths of the sends train, a fifth calibrates, the last fifth certifies.
 */
export const waves = [
  { before: 0.5, sends: 3 },
  { before: 0.38, sends: 3 },
  { before: 0.26, sends: 2 },
  { before: 0.13, sends: 2 },
] as const

const candidatesPerCustomer = 20

/** One candidate of the plan with predicted and true probabilities. */
export interface Candidate {
  userId: string
  itemId: string
  features: Float32Array
  keep: number
  buysAnyway: number
  trueKeep: number
  trueBuysAnyway: number
}

export interface Programme {
  shop: Shop
  fit: KeepFit
  /** Customer by customer. */
  candidates: readonly (readonly Candidate[])[]
  /** Training examples. */
  sends: readonly KeepExample[]
  holdout: number
}

/** Simulates a shop with an exploring programme and trains on its log; returns the candidates of a plan. */
export async function runProgramme(world: World, seed: number): Promise<Programme> {
  const shop = simulateShop(world, seed, endMs)
  const records = createGoldenRecords()
  const random = createRandom(seed, 0x70726f67)
  const catalogue: Catalogue = {
    version: 1,
    items: new Map(shop.items.map((item) => [item.id, item])),
    offers: new Map(),
  }
  const sent: (ResolvedSend & { history: History })[] = []
  const log: CustomerEvent[] = []
  let release: Release | undefined
  let holdout = 0
  let wave = 0
  const timeOf = (share: number) => planAt - share * (world.days - horizonDays - 1) * dayMs
  const send = async (at: number, count: number) => {
    release ??= await fitStartingRelease(records.histories(), catalogue, at)
    for (const userId of records.userIds()) {
      if (isInHoldout(`wave-${at}`, userId, 0.1)) {
        holdout++
        continue
      }
      const history = records.historyOf(userId)
      const question = { history, vector: null, nowMs: at }
      for (const itemId of drawn(count, keepCandidates(question, release, catalogue, candidatesPerCustomer))) {
        sent.push({
          customerId: userId,
          itemId,
          at,
          history,
          kept: random() < shop.truth.keepProbability(userId, itemId, at),
        })
      }
    }
  }
  const drawn = <T>(count: number, from: readonly T[]): T[] => {
    const rest = [...from]
    return Array.from(
      { length: Math.min(count, rest.length) },
      () => rest.splice(Math.floor(random() * rest.length), 1)[0]!,
    )
  }
  for (const event of shop.events()) {
    while (wave < waves.length && event.at >= timeOf(waves[wave]!.before)) {
      await send(timeOf(waves[wave]!.before), waves[wave]!.sends)
      wave++
    }
    if (event.at >= planAt) break
    records.add(event)
    const customerId = event.identifiers.map(shop.truth.userIdOf).find((userId) => userId !== undefined)
    if (customerId !== undefined) log.push({ ...event, customerId })
  }
  const live = await fitStartingRelease(records.histories(), catalogue, planAt)
  const sends = sent.map(({ customerId, itemId, at, history, kept }): KeepExample => {
    const features = keepFeaturesOf({ history, vector: null, nowMs: at }, live, catalogue)([itemId])[0]!
    return { customerId, at, features, kept }
  })
  const fit = await fitKeep(sends, [])
  if (fit.keep === null) throw new Error(`no keep model: ${fit.reason}`)
  const rebuy = await trainRebuy(log)
  const candidates: Candidate[][] = []
  for (const userId of records.userIds()) {
    const history = records.historyOf(userId)
    const own = candidatesOf(history, planAt, live, catalogue)
    const ids = own.map(({ itemId }) => itemId)
    const organic = new Map(
      rebuy && rebuyProbabilities(history, rebuy, planAt, ids).items.map((one) => [one.itemId, one.probability]),
    )
    const demand = shop.truth.organicDemand(userId, planAt, horizonDays)
    candidates.push(
      own.map(({ itemId, features }) => ({
        userId,
        itemId,
        features,
        keep: keepProbability(features, fit.keep!),
        buysAnyway: organic.get(itemId) ?? 0,
        trueKeep: shop.truth.keepProbability(userId, itemId, planAt),
        trueBuysAnyway: demand[shop.truth.itemIds.indexOf(itemId)]!,
      })),
    )
  }
  return { shop, fit, candidates, sends, holdout }
}

function candidatesOf(history: History, nowMs: number, release: Release, catalogue: Catalogue) {
  const question = { history, vector: null, nowMs }
  const itemIds = keepCandidates(question, release, catalogue, candidatesPerCustomer)
  const features = keepFeaturesOf(question, release, catalogue)(itemIds)
  return itemIds.map((itemId, n) => ({ itemId, features: features[n]! }))
}

const fitStartingRelease = (histories: readonly History[], { items }: Catalogue, untilMs: number) =>
  fitRelease(
    pastOf(histories, untilMs, [...items.values()]),
    startingConfiguration(1),
    { threads: 1 },
    { id: "bench", createdAt: untilMs },
  )

/** Returns the rebuy model, or `null` where the past is too short: then nothing counts as bought anyway. */
async function trainRebuy(log: readonly CustomerEvent[]): Promise<Rebuy | null> {
  const ordered = [...log].sort((a, b) =>
    a.customerId < b.customerId ? -1 : a.customerId > b.customerId ? 1 : a.at - b.at,
  )
  const dataset = await loadDataset(
    (async function* () {
      yield ordered
    })(),
  )
  const parameters: RebuyParameters = { ...rebuyParameters, snapshots: 4, maxNegatives: 20_000 }
  return fitRebuy(dataset, { until: planAt, horizonMs: horizonDays * dayMs, seed: 1, parameters })?.rebuy ?? null
}
