import type { KeepWeights } from "../../src/core/keep/keep.ts"
import { createRandom, type Random, shuffled } from "../random.ts"
import { normalVariable } from "../workers/normal-variable.ts"
import { openTensorFlow, type TensorFlow } from "../workers/tensorflow.ts"
import type { KeepExample } from "./examples.ts"
import type { KeepParameters } from "./parameters.ts"

type Tf = typeof TensorFlow
type Variables = Record<"wide" | "first" | "firstBias" | "out" | "bias", TensorFlow.Variable>

interface Rows {
  x: Float32Array
  kept: Float32Array
  count: number
}

const patience = 5

/**
 * Fits the keep network to examples in order of time by Adam on the penalised log-loss; passes end when the last tenth, which is not learnt
 * from, has got no better for five of them, and the best pass stands.
 */
export async function fitKeepNetwork(
  examples: readonly KeepExample[],
  parameters: KeepParameters,
): Promise<{ weights: KeepWeights; backend: string }> {
  const { tf, backend } = await openTensorFlow()
  const random = createRandom(parameters.seed, 0x6b656570)
  const inputs = examples[0]!.features.length
  const learnt = Math.max(1, Math.floor(examples.length * 0.9))
  const { center, scale } = standardise(examples.slice(0, learnt), inputs)
  const rowsOf = (some: readonly KeepExample[]): Rows => ({
    x: Float32Array.from(some.flatMap(({ features }) => Array.from(features, (v, n) => (v - center[n]!) * scale[n]!))),
    kept: Float32Array.from(some, ({ kept }) => (kept ? 1 : 0)),
    count: some.length,
  })
  const variables = createVariables(tf, inputs, parameters, random, keptShare(examples.slice(0, learnt)))
  const optimizer = tf.train.adam(parameters.learningRate)
  const watch = rowsOf(examples.slice(learnt))
  let best = { loss: Number.POSITIVE_INFINITY, values: await readVariables(variables), pass: 0 }
  for (let pass = 1; pass <= parameters.epochs && pass - best.pass <= patience; pass++) {
    parameters.checkTime?.()
    const order = shuffled(learnt, random)
    for (let from = 0; from < learnt; from += parameters.batch) {
      const batch = rowsOf(Array.from(order.subarray(from, from + parameters.batch), (n) => examples[n]!))
      optimizer.minimize(
        () => tf.add(lossTensor(tf, variables, batch, inputs), penalty(tf, variables, parameters, learnt)),
        false,
      )
    }
    const loss = tf.tidy(
      () => lossTensor(tf, variables, watch.count > 0 ? watch : rowsOf(examples), inputs).dataSync()[0]!,
    )
    if (loss < best.loss) best = { loss, values: await readVariables(variables), pass }
  }
  for (const variable of Object.values(variables)) variable.dispose()
  optimizer.dispose()
  const { bias, ...values } = best.values
  return { weights: { inputs, hidden: parameters.hidden, center, scale, bias: bias[0]!, ...values }, backend }
}

/** Logits of standardised features; the one formula that is fitted, and that the parity test compares. */
export function keepLogitTensor(tf: Tf, variables: Variables, x: TensorFlow.Tensor2D): TensorFlow.Tensor {
  const wide = tf.matMul(x, tf.expandDims(variables.wide, 1))
  const hidden = tf.relu(tf.add(tf.matMul(x, variables.first as TensorFlow.Tensor2D), variables.firstBias))
  const deep = tf.matMul(hidden as TensorFlow.Tensor2D, tf.expandDims(variables.out, 1) as TensorFlow.Tensor2D)
  return tf.add(tf.squeeze(tf.add(wide, deep), [1]), variables.bias)
}

function lossTensor(tf: Tf, variables: Variables, { x, kept, count }: Rows, inputs: number): TensorFlow.Scalar {
  const logits = keepLogitTensor(tf, variables, tf.tensor2d(x, [count, inputs]))
  return tf.mean(tf.sub(tf.softplus(logits), tf.mul(tf.tensor1d(kept), logits)))
}

function penalty(tf: Tf, variables: Variables, { decay }: KeepParameters, examples: number): TensorFlow.Scalar {
  const squares = (variable: TensorFlow.Variable) => tf.sum(tf.square(variable))
  return tf.add(
    tf.mul(squares(variables.wide), decay.wide / examples),
    tf.mul(tf.add(squares(variables.first), squares(variables.out)), decay.hidden / examples),
  )
}

function createVariables(tf: Tf, inputs: number, { hidden }: KeepParameters, random: Random, rate: number): Variables {
  const draw = (deviation: number, ...shape: number[]) => normalVariable(tf, random, deviation, shape)
  return {
    wide: tf.variable(tf.zeros([inputs])),
    first: draw(Math.sqrt(1 / inputs), inputs, hidden),
    firstBias: tf.variable(tf.zeros([hidden])),
    out: draw(0.1 / Math.sqrt(hidden), hidden),
    bias: tf.variable(tf.tensor1d([Math.log(rate / (1 - rate))])),
  }
}

const keptShare = (examples: readonly KeepExample[]) =>
  (examples.filter(({ kept }) => kept).length + 1) / (examples.length + 2)

async function readVariables(variables: Variables): Promise<Record<keyof Variables, Float32Array>> {
  const values = {} as Record<keyof Variables, Float32Array>
  for (const name of Object.keys(variables) as (keyof Variables)[])
    values[name] = Float32Array.from(await variables[name].data())
  return values
}

/** Means and inverse deviations; what never changes is scaled to nothing. */
function standardise(examples: readonly KeepExample[], inputs: number): { center: Float32Array; scale: Float32Array } {
  const center = new Float32Array(inputs)
  const scale = new Float32Array(inputs)
  for (let column = 0; column < inputs; column++) {
    const values = examples.map(({ features }) => features[column]!)
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length
    const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length
    center[column] = mean
    scale[column] = variance < 1e-12 ? 0 : 1 / Math.sqrt(variance)
  }
  return { center, scale }
}
