import { draw, uniformOf } from "../../../src/core/decision/draw.ts"
import { seedOf } from "../../../src/core/decision/seed.ts"
import type { PropensityModels } from "../../../src/core/propensity/predict.ts"
import { createRandom } from "../../random.ts"
import type { World } from "../../simulate/world.ts"
import { type Calibration, calibrationOf } from "./calibration.ts"
import { conditionalProbabilities } from "./conditional-worth.ts"
import { type Coverage, type CoverageMoment, coverageOf } from "./coverage.ts"
import { type DecisionShop, type Moment, openDecisionShop } from "./decision-shop.ts"
import { decideAt, runProduct } from "./run-product.ts"
import { runVowpal } from "./run-vowpal.ts"
import { selectionPValue } from "./selection-test.ts"
import { bestSingleValue, greedyDistribution, meanWorth, randomDistribution } from "./values.ts"

export interface WorldTask {
  world: World
  worldSeed: number
  /** Each decides once more, at other moments of the same shop. */
  seeds: readonly number[]
  decisions: number
  /** Without it no Vowpal Wabbit. */
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

export interface RunFound {
  seed: number
  values: Values
  calibration: Calibration
  pValues: readonly number[]
  /** Share of what the oracle has over random, fifth by fifth. */
  shares: readonly number[]
  notes: readonly string[]
}

/** `rejected`: the share of what the oracle has over random that the best single offer reaches is above the most allowed. */
export interface WorldFound {
  singleShare: number
  rejected: boolean
  runs: readonly RunFound[]
  coverage: { fixed: Coverage; adaptive: Coverage } | null
}

/** Moments of the shop beside those of one run. */
const spare = 1.25
/** Times of training as shares of the run: about weekly, at first more often. */
const trainings = [0.03, 0.06, 0.09, 0.12, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9]

/** Opens a world's shop and lets every policy decide in it, a run a seed; `say` hears of each. */
export async function runWorld(task: WorldTask, say: (line: string) => void): Promise<WorldFound> {
  const shop = await openDecisionShop(task.world, task.worldSeed, Math.round(task.decisions * spare))
  const conditional = conditionalProbabilities(shop.moments)
  const all = valuesOf(shop.moments, conditional)
  const singleShare = (all.bestSingle - all.random) / (all.oracle - all.random)
  if (task.mostSingleShare !== null && singleShare > task.mostSingleShare)
    return { singleShare, rejected: true, runs: [], coverage: null }
  const runs: RunFound[] = []
  let coverage: WorldFound["coverage"] = null
  for (const seed of task.seeds) {
    const { found, models } = await runSeed(shop, conditional, seed, task)
    runs.push(found)
    say(
      `world ${task.worldSeed}, seed ${seed}: share of the oracle by fifths ${found.shares.map((share) => share.toFixed(3)).join(" ")}`,
    )
    if (coverage === null && task.coverage !== null) coverage = testCoverage(shop, models, task.coverage)
  }
  return { singleShare, rejected: false, runs, coverage }
}

async function runSeed(shop: DecisionShop, conditional: readonly Float64Array[], seed: number, task: WorldTask) {
  const random = createRandom(seed, task.worldSeed, 0x72756e)
  const places = [...shop.moments.keys()].filter(() => random() < 1 / spare)
  const moments = places.map((n) => shop.moments[n]!)
  const known = places.map((n) => conditional[n]!)
  const acceptance = Float64Array.from(moments, () => random())
  const vowpal = task.python === null ? null : runVowpal(task.python, task.scratch, moments, seed, acceptance)
  const { drawn, models, notes } = await runProduct(shop, moments, seed, acceptance, trainings)
  const theirs = await vowpal
  const fifth = (n: number) => Math.floor((moments.length * n) / 5)
  const valueOfOurs = (from: number, until: number) =>
    meanWorth(
      moments.slice(from, until),
      drawn.slice(from, until).map(({ probabilities }) => probabilities),
    )
  const shares = [0, 1, 2, 3, 4].map((n) => {
    const [from, until] = [fifth(n), fifth(n + 1)]
    const { random: chance, oracle } = valuesOf(moments.slice(from, until), known.slice(from, until))
    return (valueOfOurs(from, until) - chance) / (oracle - chance)
  })
  const from = fifth(4)
  const late = moments.slice(from)
  const values = {
    ...valuesOf(late, known.slice(from)),
    ours: valueOfOurs(from, moments.length),
    vw: theirs && meanWorth(late, theirs.slice(from)),
  }
  const pValues = Array.from({ length: task.draws }, (_, round) =>
    selectionPValue(
      round === 0
        ? drawn
        : drawn.map(({ moment, probabilities }, n) => {
            const uniform = uniformOf(seedOf(`${seed}-${round}-${n}`, shop.policy.version, 0))
            return { moment, probabilities, chosen: draw([...probabilities], uniform) }
          }),
    ),
  )
  const calibration = calibrationOf(drawn.slice(from), known.slice(from))
  return { found: { seed, values, calibration, pValues, shares, notes }, models }
}

const valuesOf = (moments: readonly Moment[], conditional: readonly Float64Array[]) => ({
  random: meanWorth(moments, moments.map(randomDistribution)),
  bestSingle: bestSingleValue(moments),
  oracle: meanWorth(
    moments,
    moments.map((moment, n) => greedyDistribution(moment, conditional[n]!)),
  ),
})

/** The policy as served is valued from logs of one that explores as much as if little were known yet, beside one that does so without a network. */
function testCoverage(
  { moments, offers, items, policy }: DecisionShop,
  models: PropensityModels,
  { logs, size }: NonNullable<WorldTask["coverage"]>,
): NonNullable<WorldFound["coverage"]> {
  const catalogue = { items, offers: new Map(offers.map((offer) => [offer.id, offer])) }
  const exploring = { ...policy, explorationCostShare: 0.1 }
  const young = { ...models, network: models.network && { ...models.network, examples: 0 } }
  const places = moments.slice(-Math.min(moments.length, size)).map((moment): CoverageMoment => {
    const ask = (known: PropensityModels, by: typeof policy) => decideAt(moment, "coverage", catalogue, known, by)
    const served = ask(models, policy)
    return {
      moment,
      propensities: served.propensities.map((value) => (Number.isNaN(value) ? 0 : value)),
      logging: [
        ask(young, exploring).probabilities,
        ask({ ...models, network: null, incremental: null }, exploring).probabilities,
      ],
      candidate: served.probabilities,
    }
  })
  const test = (adaptive: boolean) => coverageOf(places, { logs, size, seed: 1, adaptive })
  return { fixed: test(false), adaptive: test(true) }
}
