import { seedOf } from "../../../src/core/decision/seed.ts"
import { draw, uniformOf } from "../../../src/core/measure/draw.ts"
import type { PropensityModels } from "../../../src/core/propensity/predict.ts"
import { createRandom } from "../../random.ts"
import type { World } from "../../simulate/world.ts"
import { type Calibration, calibrationOf } from "./calibration.ts"
import { conditionalProbabilities } from "./conditional-probabilities.ts"
import { type Coverage, type CoveragePoint, coverageOf } from "./coverage.ts"
import { type DecisionPoint, type DecisionShop, openDecisionShop } from "./decision-shop.ts"
import { decideAt, runProduct } from "./run-product.ts"
import { runVowpal } from "./run-vowpal.ts"
import { selectionPValue } from "./selection-test.ts"
import { bestSingleValue, greedyDistribution, meanValue, randomDistribution } from "./values.ts"

export interface WorldTask {
  world: World
  worldSeed: number
  /** Seeds of the runs, each at other points of the same shop. */
  seeds: readonly number[]
  decisions: number
  /** A Python with Vowpal Wabbit; `null` leaves it out. */
  python: string | null
  scratch: string
  /** Highest share that the best single offer may reach; `null` accepts every world. */
  mostSingleShare: number | null
  /** Number and size of the logs that test the intervals; `null` skips the test. */
  coverage: { logs: number; size: number } | null
  /** Number of draws from a run's logged distributions, its own included. */
  draws: number
}

export interface Values {
  ours: number
  random: number
  bestSingle: number
  oracle: number
  vw: number | null
}

export interface RunResult {
  seed: number
  values: Values
  /** Values of the first decisions, before much could be learnt from outcomes. */
  early: Values
  calibration: Calibration
  pValues: readonly number[]
  /** Share of the oracle's lead over random in each fifth of the run. */
  shares: readonly number[]
  notes: readonly string[]
}

/** `singleShare` is the best single offer's share of the oracle's lead over random; a world above the highest allowed is rejected. */
export interface WorldResult {
  singleShare: number
  rejected: boolean
  runs: readonly RunResult[]
  coverage: { fixed: Coverage; adaptive: Coverage } | null
}

/** Decision points of the shop, as a multiple of those of one run. */
const spare = 1.25
/** Times of training as shares of the run: about weekly, at first more often. */
const trainings = [0.03, 0.06, 0.09, 0.12, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9]

const earlyDecisions = 2000

/** Simulates a world's shop and runs every policy in it, once for each seed; `say` gets the progress. */
export async function runWorld(task: WorldTask, say: (line: string) => void): Promise<WorldResult> {
  const shop = await openDecisionShop(task.world, task.worldSeed, Math.round(task.decisions * spare))
  const conditional = conditionalProbabilities(shop.points)
  const all = valuesOf(shop.points, conditional)
  const singleShare = (all.bestSingle - all.random) / (all.oracle - all.random)
  if (task.mostSingleShare !== null && singleShare > task.mostSingleShare)
    return { singleShare, rejected: true, runs: [], coverage: null }
  const runs: RunResult[] = []
  let coverage: WorldResult["coverage"] = null
  for (const seed of task.seeds) {
    const { result, models } = await runSeed(shop, conditional, seed, task)
    runs.push(result)
    say(
      `world ${task.worldSeed}, seed ${seed}: share of the oracle by fifths ${result.shares.map((share) => share.toFixed(3)).join(" ")}`,
    )
    if (coverage === null && task.coverage !== null) coverage = testCoverage(shop, models, task.coverage)
  }
  return { singleShare, rejected: false, runs, coverage }
}

async function runSeed(shop: DecisionShop, conditional: readonly Float64Array[], seed: number, task: WorldTask) {
  const random = createRandom(seed, task.worldSeed, 0x72756e)
  const places = [...shop.points.keys()].filter(() => random() < 1 / spare)
  const points = places.map((n) => shop.points[n]!)
  const expected = places.map((n) => conditional[n]!)
  const acceptance = Float64Array.from(points, () => random())
  const vowpal = task.python === null ? null : runVowpal(task.python, task.scratch, points, seed, acceptance)
  const { drawn, models, notes } = await runProduct(shop, points, seed, acceptance, trainings)
  const theirs = await vowpal
  const fifth = (n: number) => Math.floor((points.length * n) / 5)
  const valueOfOurs = (from: number, until: number) =>
    meanValue(
      points.slice(from, until),
      drawn.slice(from, until).map(({ probabilities }) => probabilities),
    )
  const shares = [0, 1, 2, 3, 4].map((n) => {
    const [from, until] = [fifth(n), fifth(n + 1)]
    const { random: chance, oracle } = valuesOf(points.slice(from, until), expected.slice(from, until))
    return (valueOfOurs(from, until) - chance) / (oracle - chance)
  })
  const valuesIn = (begin: number, end: number): Values => ({
    ...valuesOf(points.slice(begin, end), expected.slice(begin, end)),
    ours: valueOfOurs(begin, end),
    vw: theirs && meanValue(points.slice(begin, end), theirs.slice(begin, end)),
  })
  const from = fifth(4)
  const values = valuesIn(from, points.length)
  const early = valuesIn(0, Math.min(earlyDecisions, points.length))
  const pValues = Array.from({ length: task.draws }, (_, round) =>
    selectionPValue(
      round === 0
        ? drawn
        : drawn.map(({ point, probabilities }, n) => {
            const uniform = uniformOf(seedOf(`${seed}-${round}-${n}`, shop.policy.version, 0))
            return { point, probabilities, chosen: draw([...probabilities], uniform) }
          }),
    ),
  )
  const calibration = calibrationOf(drawn.slice(from), expected.slice(from))
  return { result: { seed, values, early, calibration, pValues, shares, notes }, models }
}

const valuesOf = (points: readonly DecisionPoint[], conditional: readonly Float64Array[]) => ({
  random: meanValue(points, points.map(randomDistribution)),
  bestSingle: bestSingleValue(points),
  oracle: meanValue(
    points,
    points.map((point, n) => greedyDistribution(point, conditional[n]!)),
  ),
})

/** Evaluates the served policy from logs of one that explores as with few training examples, and of one without a network. */
function testCoverage(
  { points, offers, items, policy }: DecisionShop,
  models: PropensityModels,
  { logs, size }: NonNullable<WorldTask["coverage"]>,
): NonNullable<WorldResult["coverage"]> {
  const catalogue = { items, offers: new Map(offers.map((offer) => [offer.id, offer])) }
  const exploring = { ...policy, explorationCostShare: 0.1 }
  const fewExamples = { ...models, network: models.network && { ...models.network, examples: 0 } }
  const places = points.slice(-Math.min(points.length, size)).map((point): CoveragePoint => {
    const distributionOf = (own: PropensityModels, by: typeof policy) => decideAt(point, "coverage", catalogue, own, by)
    const served = distributionOf(models, policy)
    return {
      point,
      propensities: served.propensities.map((value) => (Number.isNaN(value) ? 0 : value)),
      logging: [
        distributionOf(fewExamples, exploring).probabilities,
        distributionOf({ ...models, network: null, incremental: null }, exploring).probabilities,
      ],
      candidate: served.probabilities,
    }
  })
  const test = (adaptive: boolean) => coverageOf(places, { logs, size, seed: 1, adaptive })
  return { fixed: test(false), adaptive: test(true) }
}
