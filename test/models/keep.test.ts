import { describe, expect, test } from "vitest"
import { loadDataset } from "../../models/data/dataset.ts"
import type { KeepExample } from "../../models/keep/examples.ts"
import { fitKeep, keepWindows, neededSends, unaskedOdds } from "../../models/keep/fit.ts"
import { fitKeepNetwork, keepLogitTensor } from "../../models/keep/fit-network.ts"
import { learnKeep, type ResolvedSend } from "../../models/keep/learn-keep.ts"
import { keepParameters } from "../../models/keep/parameters.ts"
import { createRandom, normal } from "../../models/random.ts"
import { openTensorFlow, type TensorFlow } from "../../models/workers/tensorflow.ts"
import { certificateFor, type KeepWeights, keepLogit, keepProbability } from "../../src/core/keep/keep.ts"
import { readKeep, writeKeep } from "../../src/core/keep/keep-artifact.ts"
import { keepCandidates, keepForecasts } from "../../src/core/keep/keep-candidates.ts"
import { keepFeatureNames, keepFeaturesOf } from "../../src/core/keep/keep-features.ts"
import { expectedCalibrationError } from "../../src/core/measure/calibration.ts"
import { logit, sigmoid } from "../../src/core/measure/logistic-regression.ts"
import { decodeRelease } from "../../src/core/release/decode-release.ts"
import { decodeSafetensors, encodeSafetensors } from "../../src/store/releases/safetensors.ts"
import { bought, catalogueOf, day, eventOf, fitSmall, historyOf, noon, viewed } from "../support/release.ts"

const inputs = keepFeatureNames.length

/** P(kept) = σ(0.8 + x₀ − x₁ + ½ x₀ x₁), the other features telling nothing. */
const truth = ([a, b]: Float32Array) => sigmoid(0.8 + a! - b! + 0.5 * a! * b!)

function examplesOf(count: number, seed: number): KeepExample[] {
  const random = createRandom(seed, 0x6b657074)
  return Array.from({ length: count }, (_, n) => {
    const features = Float32Array.from({ length: inputs }, () => normal(random))
    return { customerId: `c${n % Math.ceil(count / 2)}`, at: n, features, kept: random() < truth(features) }
  })
}

test("a served logit is TensorFlow's, within rounding", async () => {
  const { weights } = await fitKeepNetwork(examplesOf(800, 1), { ...keepParameters, epochs: 3 })
  const { tf } = await openTensorFlow()
  const examples = examplesOf(50, 2)
  const x = Float32Array.from(
    examples.flatMap(({ features }) =>
      Array.from(features, (value, n) => (value - weights.center[n]!) * weights.scale[n]!),
    ),
  )
  const { inputs: columns, hidden } = weights
  const variables = {
    wide: tf.variable(tf.tensor1d(weights.wide)),
    first: tf.variable(tf.tensor2d(weights.first, [columns, hidden])),
    firstBias: tf.variable(tf.tensor1d(weights.firstBias)),
    out: tf.variable(tf.tensor1d(weights.out)),
    bias: tf.variable(tf.tensor1d([weights.bias])),
  } satisfies Record<string, TensorFlow.Variable>
  const theirs = keepLogitTensor(tf, variables, tf.tensor2d(x, [50, inputs])).dataSync()
  for (const [n, { features }] of examples.entries()) expect(keepLogit(weights, features)).toBeCloseTo(theirs[n]!, 4)
})

test("a logit is the bias, the linear part and what the hidden units let through, of standardised features", () => {
  const weights: KeepWeights = {
    inputs: 2,
    hidden: 2,
    center: Float32Array.of(1, 0),
    scale: Float32Array.of(2, 1),
    wide: Float32Array.of(0.5, -1),
    first: Float32Array.of(1, -1, 0, 1),
    firstBias: Float32Array.of(0, 0.5),
    out: Float32Array.of(3, 7),
    bias: 0.25,
  }
  const [a, b] = [(3 - 1) * 2, 2]
  expect(keepLogit(weights, Float32Array.of(3, 2))).toBeCloseTo(
    0.25 + 0.5 * a - b + 3 * Math.max(0, a) + 7 * Math.max(0, 0.5 - a + b),
    6,
  )
})

describe("learnt from 6,000 sends whose chances are known", async () => {
  const { keep, test: measured } = await fitKeep(examplesOf(6000, 3), [])

  test("it rests on sends and is close to the truth where it has not looked", () => {
    expect(keep!.basis).toBe("sends")
    const later = examplesOf(4000, 4)
    const predicted = later.map(({ features }) => keepProbability(features, keep!))
    const observed = later.map(({ features }) => truth(features))
    expect(expectedCalibrationError({ predicted, observed })).toBeLessThan(0.05)
    const error = predicted.reduce((sum, p, n) => sum + Math.abs(p - observed[n]!), 0) / later.length
    expect(error).toBeLessThan(0.1)
  })

  test("it is tested on the last window, which it beats the kept share on", () => {
    expect(measured!.resolved).toBe(6000 * (1 - keepWindows.fit - keepWindows.calibrate))
    expect(measured!.logLoss).toBeLessThan(measured!.shareLogLoss)
  })

  test("sends above a certified cut-off keep the promise", () => {
    const certificate = certificateFor(keep!, 0.8)!
    expect(certificate.lower).toBeGreaterThanOrEqual(0.8)
    const passing = examplesOf(8000, 5).filter(
      ({ features }) => keepProbability(features, keep!) >= certificate.cutoff!,
    )
    const share = passing.reduce((sum, { features }) => sum + truth(features), 0) / passing.length
    expect(share).toBeGreaterThan(0.8)
  })

  test("an artifact holds all of it, to the last bit", () => {
    const stored = readKeep(decodeSafetensors(encodeSafetensors(writeKeep(keep!))))
    expect(stored).toEqual(keep)
  })
})

test("with too few sends it rests on orders, taken six times sterner, and certifies nothing", async () => {
  const lines = examplesOf(2000, 6)
  const onLines = await fitKeep(lines.slice(0, neededSends.resolved - 1), lines)
  const onSends = await fitKeep(lines, [])
  expect(onLines.keep!.basis).toBe("purchases")
  expect(onLines.keep!.certificates).toEqual([])
  expect(certificateFor(onLines.keep!, 0.7)).toBeNull()
  expect(onLines.reason).toContain("1000 with 150 are needed")
  const { features } = lines[0]!
  expect(logit(keepProbability(features, onLines.keep!))).toBeCloseTo(
    logit(keepProbability(features, onSends.keep!)) - Math.log(unaskedOdds),
    6,
  )
})

test("with neither sends nor orders there is no model, and a reason", async () =>
  expect(await fitKeep([], examplesOf(10, 7))).toMatchObject({
    keep: null,
    reason: expect.stringContaining("10 lines"),
  }))

describe("of a small shop", async () => {
  const items = ["cream", "soap", "oil", "brush"].map((id, n) => ({
    id,
    title: id,
    price: 8 * 2 ** n,
    brand: n % 2 === 0 ? "A" : "B",
    category: ["body", id === "brush" ? "tools" : "care"],
  }))
  const catalogue = catalogueOf(items)
  const histories = Array.from({ length: 12 }, (_, n) =>
    historyOf(
      viewed(n % 3, "oil"),
      bought(n % 4, "cream", "soap"),
      bought(4 + (n % 3), n % 2 === 0 ? "cream" : "brush"),
    ),
  )
  const contents = await fitSmall(histories)
  const release = decodeRelease({ id: "small", createdAt: noon, trainedUntil: noon }, contents)
  const nowMs = noon + 20 * day
  const featureOf = (history: (typeof histories)[0], itemId: string, name: (typeof keepFeatureNames)[number]) =>
    keepFeaturesOf({ history, vector: null, nowMs }, release, catalogue)([itemId])[0]![keepFeatureNames.indexOf(name)]!

  test("features say what was paid before, how much dearer the item is, and when its kind may be due", () => {
    const history = historyOf(bought(0, "cream"), bought(10, "cream"))
    expect(featureOf(history, "oil", "paid")).toBeCloseTo(Math.log2(8), 6)
    expect(featureOf(history, "oil", "relativePrice")).toBeCloseTo(2, 6)
    expect(featureOf(history, "soap", "kindDue")).toBeCloseTo((20 - 10) / (10 - 0), 6)
    expect(featureOf(history, "brush", "kindDue")).toBe(0)
    expect(featureOf(history, "cream", "purchases")).toBeCloseTo(Math.log1p(2), 6)
  })

  test("features of an item do not depend on which others are asked about, and all are numbers", () => {
    const question = { history: histories[0]!, vector: null, nowMs }
    const ask = keepFeaturesOf(question, release, catalogue)
    const together = ask([...items.map(({ id }) => id), "unheard of"])
    expect(together.every((features) => features.length === inputs && features.every(Number.isFinite))).toBe(true)
    expect(ask(["oil"])[0]).toEqual(together[2])
    expect(
      keepFeaturesOf({ ...question, history: historyOf() }, release, catalogue)(["oil"])[0]!.every(Number.isFinite),
    ).toBe(true)
  })

  test("candidates are distinct, at most as many as asked for, and each has its probability", async () => {
    const { keep } = await fitKeep(examplesOf(1200, 8), [])
    const question = { history: histories[1]!, vector: null, nowMs }
    const candidates = keepCandidates(question, release, catalogue, 3)
    expect(new Set(candidates).size).toBe(3)
    const forecasts = keepForecasts(question, { release, catalogue, keep: keep! }, 3)
    expect(forecasts.map(({ itemId }) => itemId)).toEqual(candidates)
    const features = keepFeaturesOf(question, release, catalogue)(candidates)
    expect(forecasts.map((one) => one.keep)).toEqual(features.map((one) => keepProbability(one, keep!)))
  })

  test("a training learns from the sends with what was known when they were planned, and else from orders and what came back", async () => {
    const events = Array.from({ length: 200 }, (_, n) => {
      const customerId = `c-${String(n).padStart(3, "0")}`
      const own = [
        bought(n % 5, "cream", "soap"),
        bought(6 + (n % 5), "oil"),
        ...(n % 3 === 0 ? [eventOf("Order Refunded", 12, "oil")] : []),
      ]
      return own.map((event) => ({ ...event, customerId }))
    }).flat()
    const dataset = await loadDataset(
      (async function* () {
        yield events
      })(),
    )
    const learnFrom = (sends: readonly ResolvedSend[]) =>
      learnKeep({ dataset, sends, release, catalogue }, { until: noon + 60 * day })
    const sends = Array.from({ length: 1200 }, (_, n) => ({
      customerId: `c-${String(n % 200).padStart(3, "0")}`,
      itemId: items[n % 4]!.id,
      at: noon + 13 * day + n,
      kept: n % 4 < 3 && n % 10 !== 0,
    }))
    const bySends = await learnFrom(sends)
    expect(bySends.manifest).toMatchObject({ basis: "sends", sends: 1200, reason: null })
    const decoded = decodeRelease(
      { id: "k", createdAt: noon, trainedUntil: noon },
      { ...contents, ...bySends.contents },
    )
    const question = { history: histories[0]!, vector: null, nowMs: noon + 14 * day }
    const [cream, , , brush] = keepFeaturesOf(question, decoded, catalogue)(items.map(({ id }) => id))
    expect(keepProbability(cream!, decoded.keep!)).toBeGreaterThan(keepProbability(brush!, decoded.keep!))
    const byOrders = await learnFrom(sends.slice(0, 10))
    expect(byOrders.manifest).toMatchObject({ basis: "purchases", lines: 600 })
    expect(byOrders.said).toContain("no parcel may leave unasked")
  })
})
