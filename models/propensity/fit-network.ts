import type { NetworkWeights } from "../../src/core/decision/propensity-network.ts"
import { createRandom, normal, type Random } from "../random.ts"
import type { ExampleColumns } from "./examples.ts"
import type { NetworkParameters } from "./parameters.ts"
import { openTensorFlow, type TensorFlow } from "./tensorflow.ts"

type Variables = Record<string, TensorFlow.Variable>
type Tf = typeof TensorFlow

/**
 * Fits the network to examples in order of time by Adam on the weighted log-loss; passes end when the last tenth, which is not
 * learnt from, has got no better for four of them, and the best pass stands. `offers` is the number of rows beside row 0.
 */
export async function fitNetwork(
  columns: ExampleColumns,
  offers: number,
  parameters: NetworkParameters,
): Promise<{ weights: NetworkWeights; backend: string; passes: number }> {
  const { tf, backend } = await openTensorFlow()
  const random = createRandom(parameters.seed)
  const count = columns.rows.length
  const learnt = Math.max(1, Math.floor(count * 0.9))
  const { center, scale } = standardise(columns, learnt)
  const features = standardised(columns, center, scale)
  const variables = createVariables(tf, columns, offers, parameters, random)
  const optimizer = tf.train.adam(parameters.learningRate)
  const watch = batchOf(columns, features, learnt, count)
  const lossOf = (batch: Batch) => lossTensor(tf, variables, batch, offers)
  let best = { loss: Number.POSITIVE_INFINITY, values: await readVariables(variables), pass: 0 }
  for (let pass = 1; pass <= parameters.epochs && pass - best.pass <= patience; pass++) {
    const order = shuffled(learnt, random)
    for (let from = 0; from < learnt; from += parameters.batch) {
      const rows = order.subarray(from, from + parameters.batch)
      const batch = hideOffers(pickBatch(columns, features, rows), parameters.hideOffer, columns.nothingRow, random)
      optimizer.minimize(() => tf.add(lossOf(batch), penalty(tf, variables, parameters, learnt)), false)
    }
    const loss = tf.tidy(() => lossOf(watch).dataSync()[0]!)
    if (loss < best.loss) best = { loss, values: await readVariables(variables), pass }
  }
  for (const variable of Object.values(variables)) variable.dispose()
  optimizer.dispose()
  const { inputs } = columns
  const { embedding, hidden } = parameters
  const { bias, ...values } = best.values as Record<keyof Variables & string, Float32Array>
  const weights = { inputs, embedding, hidden, center, scale, bias: bias![0]!, ...values } as unknown as NetworkWeights
  return { weights, backend, passes: best.pass }
}

const patience = 4

/** Logits of standardised features for offers given as one-hot rows; the one formula that is fitted, and that the parity test compares. */
export function logitTensor(tf: Tf, variables: Variables, x: TensorFlow.Tensor2D, offer: TensorFlow.Tensor2D) {
  const vector = tf.matMul(offer, variables.offerVectors as TensorFlow.Tensor2D)
  const bias = tf.matMul(offer, tf.expandDims(variables.offerBias!, 1))
  const wide = tf.matMul(x, tf.expandDims(variables.wide!, 1))
  const cross = tf.sum(tf.mul(vector, tf.matMul(x, variables.cross as TensorFlow.Tensor2D)), 1, true)
  const first = tf.relu(
    tf.add(tf.matMul(tf.concat([x, vector], 1), variables.first as TensorFlow.Tensor2D), variables.firstBias!),
  )
  const second = tf.relu(tf.add(tf.matMul(first, variables.second as TensorFlow.Tensor2D), variables.secondBias!))
  const deep = tf.matMul(second as TensorFlow.Tensor2D, tf.expandDims(variables.out!, 1) as TensorFlow.Tensor2D)
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

function penalty(
  tf: Tf,
  variables: Variables,
  { decay, offerDecay }: NetworkParameters,
  examples: number,
): TensorFlow.Scalar {
  const squares = (names: readonly string[]) => tf.addN(names.map((name) => tf.sum(tf.square(variables[name]!))))
  return tf.add(
    tf.mul(squares(["wide", "cross", "first", "second", "out"]), decay / examples),
    tf.mul(squares(["offerVectors", "offerBias"]), offerDecay / examples),
  )
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
  const draw = (deviation: number, ...shape: number[]) => {
    const size = shape.reduce((product, length) => product * length, 1)
    return tf.variable(
      tf.tensor(
        Float32Array.from({ length: size }, () => deviation * normal(random)),
        shape,
      ),
    )
  }
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

/** Means and inverse deviations of the first `count` rows; what never changes is scaled to nothing. */
function standardise(
  { features, inputs }: ExampleColumns,
  count: number,
): { center: Float32Array; scale: Float32Array } {
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

function batchOf(columns: ExampleColumns, features: Float32Array, from: number, until: number): Batch {
  return pickBatch(
    columns,
    features,
    Int32Array.from({ length: until - from }, (_, n) => from + n),
  )
}

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

function shuffled(count: number, random: Random): Int32Array {
  const order = Int32Array.from({ length: count }, (_, n) => n)
  for (let n = count - 1; n > 0; n--) {
    const other = Math.floor(random() * (n + 1))
    const swapped = order[n]!
    order[n] = order[other]!
    order[other] = swapped
  }
  return order
}
