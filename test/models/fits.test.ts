import { fitRanker } from "../../models/blend/fit-ranker.ts"
import { fitWeights } from "../../models/blend/fit-weights.ts"
import { listPacker, type PackedLists } from "../../models/blend/packed-lists.ts"
import { loadDataset } from "../../models/data/dataset.ts"
import type { InteractionMatrix } from "../../models/data/interaction-matrix.ts"
import { interactionsOf } from "../../models/data/interactions-of.ts"
import { type Past, pastOf } from "../../models/data/past.ts"
import { sequencesOf } from "../../models/data/sequences.ts"
import { fitHabit } from "../../models/habit/fit.ts"
import { fitKeep } from "../../models/keep/fit.ts"
import { fitNeighbors } from "../../models/neighbors/fit.ts"
import { fitPopularity } from "../../models/popularity/fit.ts"
import { fitItemStatistics } from "../../models/popularity/fit-item-statistics.ts"
import { fitPreference } from "../../models/preference/fit.ts"
import { fitPropensity } from "../../models/propensity/fit.ts"
import { createRandom, normal } from "../../models/random.ts"
import { fitRebuy } from "../../models/rebuy/fit.ts"
import { startingConfiguration } from "../../models/search/configuration.ts"
import { fitSessions } from "../../models/sessions/fit.ts"
import { readKeep, writeKeep } from "../../src/core/keep/keep-artifact.ts"
import { keepFeatureNames } from "../../src/core/keep/keep-features.ts"
import { type Blend, readBlend, writeBlend } from "../../src/core/preference/blend.ts"
import { type PreferenceWeights, readFactors, writeFactors } from "../../src/core/preference/factors.ts"
import { featureWidth } from "../../src/core/preference/features.ts"
import { readHabit, writeHabit } from "../../src/core/preference/habit.ts"
import { readNeighbors, writeNeighbors } from "../../src/core/preference/neighbors.ts"
import { readPopularity, writePopularity } from "../../src/core/preference/popularity.ts"
import type { RankerWeights } from "../../src/core/preference/ranker.ts"
import type { ScorerName } from "../../src/core/preference/scorers.ts"
import { readSessions, writeSessions } from "../../src/core/preference/sessions.ts"
import { candidateFeatureNames, contextFeatureNames } from "../../src/core/propensity/decision-features.ts"
import { readPropensity, writePropensity } from "../../src/core/propensity/propensity-artifact.ts"
import { readRebuy, writeRebuy } from "../../src/core/repurchase/rebuy-artifact.ts"
import type { CustomerEvent } from "../../src/store/events/event-types.ts"
import { fitContract } from "../contracts/fit.ts"
import { bought, day, historyOf, noon, viewed } from "../support/release.ts"

/** A new model adds a call of `fitContract` here. */

const random = createRandom(9)
const ids = Array.from({ length: 24 }, (_, n) => `item-${String(n).padStart(2, "0")}`)
const some = () => ids.filter(() => random() < 0.15)
const histories = Array.from({ length: 40 }, () =>
  historyOf(viewed(0, ...some()), bought(1, ...some()), bought(9, ...some())),
)
const catalogue = ids.map((id, n) => ({ id, title: id, category: [`group-${n % 4}`] }))
const past = pastOf(histories, noon + 10 * day, catalogue)
const nobody = pastOf([], noon + 10 * day)
const { items } = past
const start = startingConfiguration(1)

const matrixOf = ({ histories, items }: Past) => interactionsOf(histories, items, start.confidence)

fitContract<InteractionMatrix, PreferenceWeights>({
  name: "item factors",
  data: matrixOf(past),
  fitOn: (data, { threads, seed }) =>
    fitPreference(data, { ...start.preference, dimensions: 6, sweeps: 3, seed }, { threads }),
  tooLittle: { data: matrixOf(nobody) },
  write: (weights) =>
    writeFactors(
      weights,
      Array.from({ length: weights.itemFactors.length / weights.dimensions }, (_, n) => `i${n}`),
    ),
  rewrite(content) {
    const { kernel, rows, stride, items: count, dimensions, ...read } = readFactors(content)
    const itemFactors = new Float32Array(count * dimensions)
    for (let row = 0; row < count; row++) {
      itemFactors.set(kernel.arena.floats(rows + row * stride * 4, dimensions), row * dimensions)
    }
    return writeFactors({ ...read, dimensions, itemFactors }, JSON.parse(content.metadata.items!))
  },
})

const neighborData = (from: Past) => ({
  interactions: matrixOf(from),
  sequences: sequencesOf(from.histories, from.items),
  attributes: from.attributes,
  untilMs: from.untilMs,
})
const slim = {
  customerExponent: 0.4,
  support: 10,
  supportExponent: 0.1,
  regularization: 4,
  regularizationExponent: 0.5,
}

fitContract({
  name: "item graphs",
  data: neighborData(past),
  fitOn: (data, { threads }) =>
    fitNeighbors(
      data,
      { ...start.neighbors, slim, spectral: { dimensions: 4, edgesPerItem: 5, maxItems: 100 } },
      { threads },
    ),
  tooLittle: { data: neighborData(nobody) },
  write: (weights) => writeNeighbors(weights, items),
  rewrite: (content) => writeNeighbors(readNeighbors(content), items),
})

fitContract({
  name: "sessions",
  data: sequencesOf(histories, items),
  fitOn: (data) => fitSessions(data, start.sessions),
  tooLittle: { data: sequencesOf([], items) },
  write: (weights) => writeSessions(weights, items),
  rewrite: (content) => writeSessions(readSessions(content), items),
})

fitContract({
  name: "habit",
  data: past,
  fitOn: ({ histories, items, untilMs }) => fitHabit(histories, items, untilMs, start.habit),
  tooLittle: { data: nobody },
  write: (weights) => writeHabit(weights, items),
  rewrite: (content) => writeHabit(readHabit(content), items),
})

fitContract({
  name: "popularity and item statistics",
  data: past,
  fitOn: (data) => ({
    ...fitPopularity(data.histories, data.items, start.confidence, data.untilMs, start.popularity),
    ...fitItemStatistics(matrixOf(data), sequencesOf(data.histories, data.items), data.attributes),
  }),
  tooLittle: { data: nobody },
  write: (weights) => writePopularity(weights, items),
  rewrite: (content) => writePopularity(readPopularity(content), items),
})

const scorers: ScorerName[] = ["factors", "coOccurrence", "popularity"]
const width = featureWidth(scorers)

/** Lists of candidates, of which the one with the highest first feature is relevant. */
function lists(count: number): PackedLists[] {
  const packer = listPacker(width, { lists: Math.max(1, count), longest: 12, maxValues: 1e6 })
  for (let list = 0; list < count; list++) {
    const features = Float32Array.from({ length: 12 * width }, () => random())
    const best = Array.from({ length: 12 }, (_, n) => n).reduce((a, b) =>
      features[b * width + 1]! > features[a * width + 1]! ? b : a,
    )
    const gains = new Float32Array(12)
    gains[best] = 1
    packer.add({ features, gains, relevant: 1 }, () => true)
  }
  return [packer.packed()]
}
const blendOf = (ranker: RankerWeights): Blend => ({ scorers, candidatesPerScorer: 60, maxCandidates: 200, ...ranker })
const writeRanker = (ranker: RankerWeights) =>
  writeBlend({ allowed: { ...blendOf(ranker), noveltyShare: 0.15 }, excluded: blendOf(ranker) })
const rankers = {
  "the ranker": (data: readonly PackedLists[], seed: number) =>
    fitRanker(data, width, { hidden: 4, epochs: 2, learningRate: 2e-3, decay: 1e-3, seed }),
  "scorer weights": (data: readonly PackedLists[]) => fitWeights(data, scorers),
}
for (const [name, fitOn] of Object.entries(rankers)) {
  fitContract<readonly PackedLists[], RankerWeights>({
    name,
    data: lists(80),
    fitOn: (data, { seed }) => fitOn(data, seed),
    tooLittle: { data: lists(0) },
    write: writeRanker,
    rewrite: (content) => writeBlend(readBlend(content)),
  })
}

/** Orders of customers who come every few days and take the same things often. */
function ordersOf(customers: number, days: number): CustomerEvent[] {
  return Array.from({ length: customers }, (_, customer) => {
    const events: CustomerEvent[] = []
    for (let at = 5 * random(); at < days; at += 4 + 6 * random()) {
      const itemIds = [...new Set(["milk", `novelty ${Math.floor(12 * random())}`])]
      events.push({
        customerId: `c${String(customer).padStart(3, "0")}`,
        messageId: `${customer} ${at}`,
        at: noon + at * day,
        name: "Order Completed",
        lines: itemIds.map((itemId) => ({ itemId, quantity: 1 })),
        properties: {},
      })
    }
    return events
  }).flat()
}
async function* batch(events: readonly CustomerEvent[]) {
  yield events
}

fitContract({
  name: "rebuy",
  data: await loadDataset(batch(ordersOf(60, 120))),
  fitOn: (dataset, { seed }) => fitRebuy(dataset, { until: noon + 120 * day, horizonMs: 10 * day, seed }),
  tooLittle: { data: await loadDataset(batch(ordersOf(3, 20))) },
  write: (fitted) => fitted && writeRebuy(fitted.rebuy),
  rewrite: (content) => writeRebuy(readRebuy(content)!),
})

const inputs = contextFeatureNames.length + candidateFeatureNames.length
const offered = (count: number) =>
  Array.from({ length: count }, (_, n) => {
    const features = Float32Array.from({ length: inputs }, (_, column) => (column < 3 ? normal(random) : 0))
    return {
      customerId: `c${n % 400}`,
      at: n,
      offerId: `o${n % 3}`,
      kind: "promotion" as const,
      channel: "web" as const,
      features,
      accepted: random() < 1 / (1 + Math.exp(1 - 2 * features[0]!)),
      probability: 0.3,
    }
  })

fitContract({
  name: "propensity",
  data: offered(2500),
  fitOn: (examples) => fitPropensity(examples, []),
  tooLittle: { data: offered(20) },
  write: ({ network }) => network && writePropensity(network),
  rewrite: (content) => writePropensity(readPropensity(content)),
})

const sent = (count: number) =>
  Array.from({ length: count }, (_, n) => {
    const features = Float32Array.from(keepFeatureNames, (_, column) => (column < 3 ? normal(random) : 0))
    return { customerId: `c${n % 400}`, at: n, features, kept: random() < 1 / (1 + Math.exp(-1 - 2 * features[0]!)) }
  })

fitContract({
  name: "keep",
  data: sent(2000),
  fitOn: (examples) => fitKeep(examples, []),
  tooLittle: { data: sent(20) },
  write: ({ keep }) => keep && writeKeep(keep),
  rewrite: (content) => writeKeep(readKeep(content)),
})
