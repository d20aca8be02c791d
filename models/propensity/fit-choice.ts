import type { Item } from "../../src/core/catalogue/item.ts"
import type { History } from "../../src/core/history/history.ts"
import { solvePositive } from "../../src/core/measure/logistic-regression.ts"
import type { TasteModels } from "../../src/core/preference/taste-models.ts"
import { type ChoiceModel, choiceOf, type ItemSample } from "../../src/core/propensity/choice.ts"
import { choiceFeatureNames, choiceFeatures } from "../../src/core/propensity/choice-features.ts"

/** A customer who ordered, as known before, and the items that they then bought. */
export interface ChoiceCase {
  history: History
  bought: ReadonlySet<string>
}

/** Candidates for λ of the penalty λ/2 · Σ weight², for features of deviation 1. */
const ridges = [1, 10, 100]
const maxSteps = 30
const width = choiceFeatureNames.length

/** Returns at most `size` items that stand for all: the most popular half by themselves, then every so-manieth by popularity. */
export function sampleItems(
  { items, popularity }: TasteModels,
  catalogue: ReadonlyMap<string, Item>,
  size: number,
): ItemSample {
  const byPopularity = items.ids
    .map((id, row) => ({ id, share: popularity.overall[row]! }))
    .filter(({ id }) => catalogue.has(id))
    .sort((a, b) => b.share - a.share || (a.id < b.id ? -1 : 1))
    .map(({ id }) => id)
  if (byPopularity.length <= size)
    return { itemIds: byPopularity, weights: new Float64Array(byPopularity.length).fill(1) }
  const head = byPopularity.slice(0, size / 2)
  const rest = byPopularity.slice(head.length)
  const count = size - head.length
  const tail = Array.from({ length: count }, (_, n) => rest[Math.floor(((n + 0.5) * rest.length) / count)]!)
  const weights = Float64Array.from([...head.map(() => 1), ...tail.map(() => rest.length / count)])
  return { itemIds: [...head, ...tail], weights }
}

/** The alternatives of one case: the sample, then what was bought beside it. */
interface ChoiceSet {
  /** Alternatives × `width`. */
  features: Float32Array
  lnWeights: Float64Array
  chosen: readonly number[]
}

/**
 * Learns the weights of a conditional logit from what customers bought after `nowMs`, in the view of a release that knows nothing later;
 * every customer counts alike. Newton's method; the penalty is the one of least loss on the half of customers that it was not fitted to.
 */
export function fitChoice(
  cases: readonly ChoiceCase[],
  {
    release,
    items,
    sample,
    nowMs,
  }: { release: TasteModels; items: ReadonlyMap<string, Item>; sample: ItemSample; nowMs: number },
): Float64Array {
  const sets = cases.map((one) => choiceSetOf(one, release, items, sample, nowMs))
  const scale = deviationsOf(sets)
  for (const { features } of sets) for (let n = 0; n < features.length; n++) features[n]! *= scale[n % width]!
  const halves = [0, 1].map((half) => sets.filter((_, n) => n % 2 === half))
  const losses = ridges.map((ridge) =>
    halves.reduce((sum, half, n) => sum + lossOf(halves[1 - n]!, fitWeights(half, ridge / 2)), 0),
  )
  const weights = fitWeights(sets, ridges[losses.indexOf(Math.min(...losses))]!)
  return weights.map((weight, n) => weight * scale[n]!)
}

/** Returns the mean over customers and items of the sample of what `choiceOf` says before it is centred. */
export function meanChoice(
  histories: readonly History[],
  model: Pick<ChoiceModel, "weights" | "sample" | "paid">,
  { release, items, nowMs }: { release: TasteModels; items: ReadonlyMap<string, Item>; nowMs: number },
): number {
  const { sample } = model
  const uncentred = { ...model, center: { item: 0, orders: 0 } }
  const all = sample.weights.reduce((sum, weight) => sum + weight, 0)
  const means = histories.map((history) => {
    const choice = choiceOf({ history, vector: null, nowMs }, uncentred, release, items)
    return sample.itemIds.reduce((sum, id, n) => {
      const { taste, price } = choice([id])
      return sum + (sample.weights[n]! * (taste + price)) / all
    }, 0)
  })
  return means.reduce((sum, mean) => sum + mean, 0) / Math.max(1, means.length)
}

function choiceSetOf(
  { history, bought }: ChoiceCase,
  release: TasteModels,
  items: ReadonlyMap<string, Item>,
  sample: ItemSample,
  nowMs: number,
): ChoiceSet {
  const placeOf = new Map(sample.itemIds.map((id, n) => [id, n]))
  const others = [...bought].filter((id) => !placeOf.has(id))
  const ids = [...sample.itemIds, ...others]
  for (const id of others) placeOf.set(id, placeOf.size)
  const { write, factsOf } = choiceFeatures({ history, vector: null, nowMs }, release, items)
  const features = new Float32Array(ids.length * width)
  const row = new Float64Array(width)
  ids.forEach((id, n) => {
    write(factsOf(id), row, 0)
    features.set(row, n * width)
  })
  const lnWeights = Float64Array.from(ids, (_, n) => Math.log(sample.weights[n] ?? 1))
  return { features, lnWeights, chosen: [...bought].map((id) => placeOf.get(id)!) }
}

/** Returns the inverse deviation of each feature within a choice; 0 for one that never differs. */
function deviationsOf(sets: readonly ChoiceSet[]): Float64Array {
  const squares = new Float64Array(width)
  let count = 0
  for (const { features } of sets) {
    const rows = features.length / width
    for (let n = 0; n < width; n++) {
      let sum = 0
      let square = 0
      for (let row = 0; row < rows; row++) {
        const value = features[row * width + n]!
        sum += value
        square += value * value
      }
      squares[n]! += Math.max(0, square - (sum * sum) / rows)
    }
    count += rows
  }
  return squares.map((square) => {
    const deviation = Math.sqrt(square / Math.max(1, count))
    return deviation < 1e-6 ? 0 : 1 / deviation
  })
}

/** Writes the chances of a set's alternatives to `chances` and returns the loss: −mean ln P of what was bought. */
function chancesOf({ features, lnWeights, chosen }: ChoiceSet, beta: Float64Array, chances: Float64Array): number {
  const rows = lnWeights.length
  const utilities = new Float64Array(rows)
  let highest = Number.NEGATIVE_INFINITY
  for (let row = 0; row < rows; row++) {
    let utility = 0
    for (let n = 0; n < width; n++) utility += beta[n]! * features[row * width + n]!
    utilities[row] = utility
    chances[row] = utility + lnWeights[row]!
    if (chances[row]! > highest) highest = chances[row]!
  }
  let total = 0
  for (let row = 0; row < rows; row++) {
    chances[row] = Math.exp(chances[row]! - highest)
    total += chances[row]!
  }
  for (let row = 0; row < rows; row++) chances[row]! /= total
  const lnTotal = highest + Math.log(total)
  return chosen.reduce((sum, row) => sum + lnTotal - utilities[row]!, 0) / chosen.length
}

function lossOf(sets: readonly ChoiceSet[], beta: Float64Array): number {
  const chances = new Float64Array(longestOf(sets))
  return sets.reduce((sum, set) => sum + chancesOf(set, beta, chances), 0)
}

const longestOf = (sets: readonly ChoiceSet[]) =>
  sets.reduce((most, { lnWeights }) => Math.max(most, lnWeights.length), 0)

/** Minimises the summed loss and λ/2 · Σ β² by Newton's method with halved steps; the loss is convex. */
function fitWeights(sets: readonly ChoiceSet[], ridge: number): Float64Array {
  const penalised = (beta: Float64Array) => lossOf(sets, beta) + (ridge / 2) * beta.reduce((sum, b) => sum + b * b, 0)
  let beta: Float64Array = new Float64Array(width)
  let loss = penalised(beta)
  for (let step = 0; step < maxSteps; step++) {
    const direction = newtonDirection(sets, beta, ridge)
    let gained = 0
    for (let scale = 1; scale > 1e-4; scale /= 2) {
      const next = beta.map((value, n) => value + scale * direction[n]!)
      const nextLoss = penalised(next)
      if (nextLoss > loss) continue
      gained = loss - nextLoss
      beta = next
      loss = nextLoss
      break
    }
    if (gained <= 1e-7 * (loss + 1)) break
  }
  return beta
}

function newtonDirection(sets: readonly ChoiceSet[], beta: Float64Array, ridge: number): Float64Array {
  const gradient = beta.map((value) => -ridge * value)
  const hessian = new Float64Array(width * width)
  for (let n = 0; n < width; n++) hessian[n * width + n] = ridge
  const chances = new Float64Array(longestOf(sets))
  const mean = new Float64Array(width)
  for (const set of sets) {
    const { features, lnWeights, chosen } = set
    chancesOf(set, beta, chances)
    mean.fill(0)
    for (let row = 0; row < lnWeights.length; row++) {
      const chance = chances[row]!
      const at = row * width
      for (let n = 0; n < width; n++) {
        const weighted = chance * features[at + n]!
        if (weighted === 0) continue
        mean[n]! += weighted
        for (let m = 0; m <= n; m++) hessian[n * width + m]! += weighted * features[at + m]!
      }
    }
    for (let n = 0; n < width; n++) {
      for (let m = 0; m <= n; m++) hessian[n * width + m]! -= mean[n]! * mean[m]!
      const observed = chosen.reduce((sum, row) => sum + features[row * width + n]!, 0) / chosen.length
      gradient[n]! += observed - mean[n]!
    }
  }
  return solvePositive(hessian, gradient)
}
