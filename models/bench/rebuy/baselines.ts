import { mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { fitLogistic } from "../../../src/core/measure/logistic-regression.ts"
import { createRandom } from "../../random.ts"
import { pairExamples } from "../../rebuy/examples.ts"
import type { Examples } from "../../rebuy/fit-trees.ts"
import type { TrainingSnapshot } from "../../rebuy/training-snapshot.ts"
import { runPeer } from "../peers.ts"

/** Rows of features to score. */
export interface EvaluationRows {
  width: number
  features: Float32Array
}

/** Fits another model to the same snapshots and features (target: the pair is bought) and scores the rows. */
export type Baseline = (snapshots: readonly TrainingSnapshot[], rows: EvaluationRows) => ArrayLike<number>

/** Negatives of a fit at most. */
const maxNegatives = 100_000

const examplesOf = (snapshots: readonly TrainingSnapshot[]) =>
  pairExamples(snapshots, { of: () => true, maxNegatives, random: createRandom(1, 11) })

export const logisticBaseline: Baseline = (snapshots, rows) => {
  const examples = examplesOf(snapshots)
  const scale = scalesOf(examples)
  const columns = scale.map(({ mean, deviation }, column) =>
    Float64Array.from(
      examples.target,
      (_, row) => (examples.features[row * examples.width + column]! - mean) / deviation,
    ),
  )
  const { coefficients } = fitLogistic(columns, examples.target, {
    ridge: 1,
    ...(examples.weight && { weights: examples.weight }),
  })
  return Float64Array.from({ length: rows.features.length / rows.width }, (_, row) =>
    scale.reduce(
      (sum, { mean, deviation }, n) =>
        sum + (coefficients[n]! * (rows.features[row * rows.width + n]! - mean)) / deviation,
      0,
    ),
  )
}

/** Scores by scikit-learn's boosted trees; `python` has scikit-learn. */
export const boostedBaseline =
  (python: string, folder: string): Baseline =>
  (snapshots, rows) => {
    const { features, target, weight, width } = examplesOf(snapshots)
    mkdirSync(folder, { recursive: true })
    writeFileSync(join(folder, "features.f32"), features)
    writeFileSync(join(folder, "target.u8"), target)
    writeFileSync(join(folder, "weight.f32"), weight!)
    writeFileSync(join(folder, "rows.f32"), rows.features)
    runPeer<true>(python, "rebuy_boosted.py", [folder, width])
    const bytes = readFileSync(join(folder, "scores.f32"))
    return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length))
  }

function scalesOf({ features, width }: Examples): { mean: number; deviation: number }[] {
  const rows = features.length / width
  return Array.from({ length: width }, (_, column) => {
    let [sum, squares] = [0, 0]
    for (let row = 0; row < rows; row++) {
      const value = features[row * width + column]!
      sum += value
      squares += value * value
    }
    const mean = sum / rows
    return { mean, deviation: Math.sqrt(Math.max(1e-8, squares / rows - mean * mean)) }
  })
}
