import type { NetworkWeights } from "../../src/core/propensity/propensity-network.ts"
import { createRandom, type Random, shuffled } from "../random.ts"
import { normalVariable } from "../workers/normal-variable.ts"
import { openTensorFlow, type TensorFlow } from "../workers/tensorflow.ts"
import type { ExampleColumns } from "./examples.ts"
import type { Decay, NetworkParameters } from "./parameters.ts"

type Variables = Record<string, TensorFlow.Variable>
type Tf = typeof TensorFlow
type Matrix = TensorFlow.Tensor2D

/** Fits the network to examples by Adam on the weighted log-loss and the penalty of each weight, at a falling rate. `offers` is the number of rows beside row 0. */
export async function fitNetwork(
  columns: ExampleColumns,
  offers: number,
  parameters: NetworkParameters,
): Promise<{ weights: NetworkWeights; backend: string }> {
  const { tf, backend } = await openTensorFlow()
  const random = createRandom(parameters.seed)
  const count = columns.rows.length
  const { center, scale } = standardise(columns)
  const features = standardised(columns, center, scale)
  const variables = createVariables(tf, columns, offers, parameters, random)
  const decay = decayOf(tf, columns, parameters.decay)
  const optimizer = createFallingAdam(tf, parameters.learningRate)
  const stepsOfPass = Math.ceil(count / parameters.batch)
  const passes = Math.ceil(parameters.steps / stepsOfPass)
  for (let pass = 0; pass < passes; pass++) {
    const order = shuffled(count, random)
    for (let step = 0; step < stepsOfPass; step++) {
      parameters.checkTime?.()
      const rows = order.subarray(step * parameters.batch, (step + 1) * parameters.batch)
      const batch = hideOffers(pickBatch(columns, features, rows), parameters.hideOffer, columns.nothingRow, random)
      optimizer.fallTo(1 - (pass * stepsOfPass + step) / (passes * stepsOfPass))
      optimizer.minimize(() => tf.add(lossTensor(tf, variables, batch, offers), penalty(tf, variables, decay, count)))
    }
  }
  const found = await readVariables(variables)
  for (const tensor of [...Object.values(variables), ...Object.values(decay)]) tensor.dispose()
  optimizer.dispose()
  const { inputs } = columns
  const { embedding, hidden } = parameters
  const { bias, ...values } = found as Record<keyof Variables & string, Float32Array>
  const weights = { inputs, embedding, hidden, center, scale, bias: bias![0]!, ...values } as unknown as NetworkWeights
  return { weights, backend }
}

/** Adam (Kingma and Ba 2015) whose rate can fall: to a share of the first. */
function createFallingAdam(tf: Tf, learningRate: number) {
  return new (class extends tf.AdamOptimizer {
    fallTo(share: number) {
      this.learningRate = learningRate * share
    }
  })(learningRate, 0.9, 0.999)
}

/** A matrix product whose gradient transposes first: the WebAssembly backend is several times slower at multiplying what is transposed. */
function product(tf: Tf, left: TensorFlow.Tensor, right: TensorFlow.Tensor): Matrix {
  const differentiable = tf.customGrad((...given) => {
    const [a, b, save] = given as [Matrix, Matrix, (tensors: Matrix[]) => void]
    save([a, b])
    return {
      value: tf.matMul<Matrix>(a, b),
      gradFunc: (dy: Matrix, saved: TensorFlow.Tensor[]) => {
        const [x, y] = saved as [Matrix, Matrix]
        return [tf.matMul(dy, tf.transpose(y)), tf.matMul(tf.transpose(x), dy)]
      },
    }
  })
  return differentiable(left, right)
}

/** Logits of standardised features for offers given as one-hot rows; the one formula that is fitted, and that the parity test compares. */
export function logitTensor(tf: Tf, variables: Variables, x: Matrix, offer: Matrix) {
  const vector = product(tf, offer, variables.offerVectors!)
  const bias = product(tf, offer, tf.expandDims(variables.offerBias!, 1))
  const wide = product(tf, x, tf.expandDims(variables.wide!, 1))
  const cross = tf.sum(tf.mul(vector, product(tf, x, variables.cross!)), 1, true)
  const first = tf.relu(tf.add(product(tf, tf.concat([x, vector], 1), variables.first!), variables.firstBias!))
  const second = tf.relu(tf.add(product(tf, first, variables.second!), variables.secondBias!))
  const deep = product(tf, second, tf.expandDims(variables.out!, 1))
  return tf.squeeze(tf.addN([bias, wide, cross, deep, tf.mul(tf.onesLike(bias), variables.bias!)]), [1])
}

interface Batch {
  inputs: number
  features: Float32Array
  rows: Int32Array
  accepted: Float32Array
  weight: Float32Array
}

function lossTensor(tf: Tf, variables: Variables, batch: Batch, offers: number): TensorFlow.Scalar {
  const count = batch.rows.length
  const x = tf.tensor2d(batch.features, [count, batch.inputs])
  const offer = tf.oneHot(tf.tensor1d(batch.rows, "int32"), offers + 1).toFloat() as TensorFlow.Tensor2D
  const logits = logitTensor(tf, variables, x, offer)
  const accepted = tf.tensor1d(batch.accepted)
  const weight = tf.tensor1d(batch.weight)
  const loss = tf.sub(tf.softplus(logits), tf.mul(accepted, logits))
  return tf.div(tf.sum(tf.mul(loss, weight)), tf.sum(weight))
}

/** λ by variable: one value, or one a weight. */
function decayOf(
  tf: Tf,
  { inputs, candidateFrom }: ExampleColumns,
  { context, candidate, offer, interaction }: Decay,
): Record<string, TensorFlow.Tensor> {
  const wide = Float32Array.from({ length: inputs }, (_, column) => (column < candidateFrom ? context : candidate))
  const interactions = ["cross", "offerVectors", "first", "second", "out"].map((name) => [name, tf.scalar(interaction)])
  return { wide: tf.tensor1d(wide), offerBias: tf.scalar(offer), ...Object.fromEntries(interactions) }
}

function penalty(
  tf: Tf,
  variables: Variables,
  decay: Record<string, TensorFlow.Tensor>,
  examples: number,
): TensorFlow.Scalar {
  const costs = Object.entries(decay).map(([name, lambda]) => tf.sum(tf.mul(tf.square(variables[name]!), lambda)))
  return tf.div(tf.addN(costs), examples)
}

function createVariables(
  tf: Tf,
  columns: ExampleColumns,
  offers: number,
  parameters: NetworkParameters,
  random: Random,
): Variables {
  const { inputs, accepted } = columns
  const { embedding, hidden } = parameters
  const draw = (deviation: number, ...shape: number[]) => normalVariable(tf, random, deviation, shape)
  const zeros = (...shape: number[]) => tf.variable(tf.zeros(shape))
  const rate = (accepted.reduce((sum, value) => sum + value, 0) + 0.5) / (accepted.length + 1)
  return {
    offerVectors: draw(0.1, offers + 1, embedding),
    offerBias: zeros(offers + 1),
    wide: zeros(inputs),
    cross: draw(0.1 / Math.sqrt(inputs), inputs, embedding),
    first: draw(Math.sqrt(2 / (inputs + embedding)), inputs + embedding, hidden[0]),
    firstBias: zeros(hidden[0]),
    second: draw(Math.sqrt(2 / hidden[0]), hidden[0], hidden[1]),
    secondBias: zeros(hidden[1]),
    out: draw(0.1 / Math.sqrt(hidden[1]), hidden[1]),
    bias: tf.variable(tf.tensor1d([Math.log(rate / (1 - rate))])),
  }
}

async function readVariables(variables: Variables): Promise<Record<string, Float32Array>> {
  const values: Record<string, Float32Array> = {}
  for (const [name, variable] of Object.entries(variables)) values[name] = Float32Array.from(await variable.data())
  return values
}

/** Means and inverse deviations; what never changes is scaled to nothing. */
function standardise({ features, inputs, rows }: ExampleColumns): { center: Float32Array; scale: Float32Array } {
  const count = rows.length
  const center = new Float32Array(inputs)
  const scale = new Float32Array(inputs)
  for (let column = 0; column < inputs; column++) {
    let sum = 0
    let squares = 0
    for (let row = 0; row < count; row++) {
      const value = features[row * inputs + column]!
      sum += value
      squares += value * value
    }
    const mean = sum / count
    const deviation = Math.sqrt(Math.max(0, squares / count - mean * mean))
    center[column] = mean
    scale[column] = deviation < 1e-6 ? 0 : 1 / deviation
  }
  return { center, scale }
}

const standardised = ({ features, inputs }: ExampleColumns, center: Float32Array, scale: Float32Array): Float32Array =>
  features.map((value, n) => (value - center[n % inputs]!) * scale[n % inputs]!)

function pickBatch(
  { inputs, rows, accepted, weight }: ExampleColumns,
  features: Float32Array,
  picked: Int32Array,
): Batch {
  const chosen = new Float32Array(picked.length * inputs)
  picked.forEach((row, n) => {
    chosen.set(features.subarray(row * inputs, (row + 1) * inputs), n * inputs)
  })
  return {
    inputs,
    features: chosen,
    rows: picked.map((row) => rows[row]!),
    accepted: Float32Array.from(picked, (row) => accepted[row]!),
    weight: Float32Array.from(picked, (row) => weight[row]!),
  }
}

const hideOffers = (batch: Batch, share: number, nothingRow: number | undefined, random: Random): Batch => ({
  ...batch,
  rows: batch.rows.map((row) => (random() < share && row !== nothingRow ? 0 : row)),
})
