import { existsSync } from "node:fs"
import { join } from "node:path"
import { parseArgs } from "node:util"
import { identityCalibrator } from "../../src/core/measure/calibrator.ts"
import { fitLogistic, predictLogistic } from "../../src/core/measure/logistic-regression.ts"
import { meanWithError } from "../../src/core/measure/mean.ts"
import { normalisedQini, type Trial, upliftAt } from "../../src/core/measure/uplift.ts"
import { incrementsOf } from "../../src/core/propensity/increment.ts"
import { nothingId } from "../../src/core/propensity/propensity-network.ts"
import { fitNetwork } from "../propensity/fit-network.ts"
import { defaultNetworkParameters } from "../propensity/parameters.ts"
import { createRandom } from "../random.ts"
import { type EmailTrial, readWomensTrial } from "./hillstrom.ts"

/** Measures the uplift of the women's e-mail: our increments beside two separate models, a response model and chance, each trained on one half and measured on the other, ten times. */
const splits = 10
const { values } = parseArgs({ options: { data: { type: "string", default: "../shared/data" } } })
const say = (line: string) => void process.stderr.write(`${line}\n`)
const offers = new Map([
  [nothingId, 1],
  ["womens", 2],
])

type Learner = (
  trial: EmailTrial,
  training: readonly number[],
  test: readonly number[],
  seed: number,
) => Promise<number[]> | number[]

const pick = (rows: readonly number[], column: ArrayLike<number>) => Float64Array.from(rows, (row) => column[row]!)

const learners: Record<string, Learner> = {
  async ours(trial, training, test, seed) {
    const inputs = trial.columns.length
    const rowOf = (row: number) => Float32Array.from(trial.columns, (column) => column[row]!)
    const features = new Float32Array(training.length * inputs)
    training.forEach((row, n) => {
      features.set(rowOf(row), n * inputs)
    })
    const { weights } = await fitNetwork(
      {
        inputs,
        features,
        candidateFrom: inputs,
        rows: Int32Array.from(training, (row) => (trial.treated[row] ? 2 : 1)),
        nothingRow: 1,
        accepted: Float32Array.from(training, (row) => trial.visited[row]!),
        weight: new Float32Array(training.length).fill(1),
      },
      offers.size,
      { ...defaultNetworkParameters, seed },
    )
    const network = { weights, rowOf: offers, calibrator: identityCalibrator }
    const none = new Float32Array(0)
    return test.map((row) => {
      const [increment] = incrementsOf(network, none, none, [{ offerId: "womens", features: rowOf(row) }])
      return increment!.offered - increment!.organic
    })
  },
  twoModels(trial, training, test) {
    const treated = logistic(
      trial,
      training.filter((row) => trial.treated[row]),
    )
    const control = logistic(
      trial,
      training.filter((row) => !trial.treated[row]),
    )
    return test.map((row) => treated(row) - control(row))
  },
  response: (trial, training, test) => test.map(logistic(trial, training)),
  random(_trial, _training, test, seed) {
    const random = createRandom(seed, 3)
    return test.map(random)
  },
}

function logistic({ columns, visited }: EmailTrial, training: readonly number[]): (row: number) => number {
  const weights = fitLogistic(
    columns.map((column) => pick(training, column)),
    pick(training, visited),
    { ridge: 1 },
  )
  return (row) => predictLogistic(weights, columns, row)
}

async function run(): Promise<void> {
  const trial = readWomensTrial(values.data)
  const names = Object.keys(learners)
  const qini: Record<string, number[]> = Object.fromEntries(names.map((name) => [name, []]))
  const topTenth: Record<string, number[]> = Object.fromEntries(names.map((name) => [name, []]))
  for (let split = 0; split < splits; split++) {
    const random = createRandom(split, 2008)
    const half = Array.from(trial.treated, () => random() < 0.5)
    const rows = (training: boolean) => half.flatMap((side, row) => (side === training ? [row] : []))
    const test = rows(false)
    const measured: Trial = { treated: pick(test, trial.treated), outcome: pick(test, trial.visited) }
    for (const [name, learner] of Object.entries(learners)) {
      const score = await learner(trial, rows(true), test, split + 1)
      qini[name]!.push(normalisedQini(score, measured))
      topTenth[name]!.push(upliftAt(0.1, score, measured))
    }
  }
  say(
    `${trial.treated.length} customers, women's e-mail against none, visits; ${splits} random halves; mean ± deviation over them`,
  )
  const show = (of: readonly number[]) => {
    const { mean, error } = meanWithError(of)
    return `${mean.toFixed(4)} ± ${(error * Math.sqrt(of.length)).toFixed(4)}`
  }
  for (const name of names) {
    say(`${name.padEnd(10)} normalised Qini ${show(qini[name]!)} · uplift in the top tenth ${show(topTenth[name]!)}`)
  }
  const mean = (of: readonly number[]) => Number(meanWithError(of).mean.toFixed(4))
  const line = { qini: mean(qini.ours!), qiniResponse: mean(qini.response!), upliftTopTenth: mean(topTenth.ours!) }
  process.stdout.write(`${JSON.stringify({ bench: "uplift", ...line })}\n`)
}

if (existsSync(join(values.data, "hillstrom"))) await run()
else {
  say(`no trial to measure: ${join(values.data, "hillstrom")} is not there; give its folder with --data PATH`)
  process.exitCode = 1
}
