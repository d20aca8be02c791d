import { expect, test } from "vitest"
import type { ArtifactContent, Tensor } from "../../../src/core/artifact/artifact.ts"
import { type BlendWeights, linearBlend, readBlend, writeBlend } from "../../../src/core/preference/blend.ts"
import { itemStatistics, readPopularity } from "../../../src/core/preference/popularity.ts"
import { manifestWithCurrentNames, withCurrentNames } from "../../../src/core/release/former-names.ts"

const tensor = (...values: number[]): Tensor => ({
  dtype: "F32",
  shape: [values.length],
  data: Float32Array.from(values),
})

/** The ranker's features as version 0.1 wrote them into its artifacts. */
const formerFeatures = [
  ...["customers", "trend", "lateness", "kindred", "rebuyRate", "current"],
  ...["latest", "second", "third", "fourth", "earlier", "times", "ownLength", "purchases", "views", "carts"],
  ...["daysSince", "daysSincePurchase", "dueness"],
  ...["orderedShare", "slowFrequency", "frequency", "fastFrequency", "inLastOrder", "closeness", "gap", "again"],
  ...["overdue", "ownRebuyRate", "rebuyByOrders", "rebuyBySize", "rebuyByRepeats"],
  ...["length", "single", "double", "short", "lastCustomers", "meanCustomers", "customerLateness", "latenessGap"],
  ...["orders", "orderSize", "lastOrderSize", "repeatShare", "knownByOrders", "knownBySize"],
]

test("a blend that version 0.1 wrote decodes to the same weights", () => {
  const blends: BlendWeights = {
    allowed: linearBlend({ factors: 0.2, coOccurrence: 0.5, sessionCoOccurrence: 0.1, habit: 0.2 }),
    excluded: linearBlend({ transitions: 0.5, directTransitions: 0.3, twoStepTransitions: 0.2 }),
  }
  const { tensors } = writeBlend(blends)
  const former: ArtifactContent = {
    metadata: {
      model: "blend",
      features: JSON.stringify(formerFeatures),
      "allowed.parts": JSON.stringify(["factors", "together", "intent", "habit"]),
      "allowed.depth": "60",
      "allowed.most": "200",
      "excluded.parts": JSON.stringify(["onward", "next", "beyond"]),
      "excluded.depth": "60",
      "excluded.most": "200",
    },
    tensors,
  }
  expect(() => readBlend(former)).toThrow("train again")
  expect(readBlend(withCurrentNames(former))).toEqual(blends)
})

test("tensors of version 0.1 are found under today's names", () => {
  const popularity = withCurrentNames({
    metadata: { model: "popularity", items: '["a"]' },
    tensors: Object.fromEntries(
      ["overall", "firstOrder", "customers", "endings", "lateness", "kindred"].map((name, n) => [name, tensor(n)]),
    ),
  })
  expect(Object.keys(popularity.tensors)).toEqual([...itemStatistics])
  expect(readPopularity(popularity).attributePopularity).toEqual(Float32Array.of(5))
  const names = (model: string, ...given: string[]) =>
    Object.keys(
      withCurrentNames({ metadata: { model }, tensors: Object.fromEntries(given.map((name) => [name, tensor()])) })
        .tensors,
    )
  expect(names("neighbors", "together.offsets", "onward.targets", "slim.weights")).toEqual([
    "coOccurrence.offsets",
    "transitions.targets",
    "slim.weights",
  ])
  expect(names("sessions", "moments", "rows")).toEqual(["steps", "rows"])
  expect(names("rebuy", "rhythms", "first")).toEqual(["statistics", "first"])
})

test("metadata of version 0.1 is found under today's names, and text that is no list is left alone", () => {
  const metadata = { model: "neighbors", intentDecay: "0.8", nextDecay: "0.5", leftOut: "slow" }
  expect(withCurrentNames({ metadata, tensors: {} }).metadata).toEqual({
    model: "neighbors",
    sessionCoOccurrenceDecay: "0.8",
    directTransitionsDecay: "0.5",
    omittedBecause: "slow",
  })
  const broken = { model: "blend", features: "lateness", "allowed.parts": "{" }
  expect(withCurrentNames({ metadata: broken, tensors: {} }).metadata).toEqual({
    model: "blend",
    features: "lateness",
    "allowed.scorers": "{",
  })
})

test("what this version writes keeps its names", () => {
  const content = writeBlend({ allowed: linearBlend({ factors: 1 }), excluded: linearBlend({ transitions: 1 }) })
  expect(withCurrentNames(content)).toEqual(content)
})

test("a manifest of version 0.1 says the same under today's names", () => {
  const former = {
    seed: 3,
    configuration: {
      neighbors: { together: { arrows: 200 }, contentArrows: 100, decays: { intent: 0.8, beyond: 0.6 } },
      sessions: { most: 300_000 },
    },
    search: {
      steps: [
        { model: "onward decay", trials: [{ changed: { decay: 0.7 }, quality: 0.2 }], questions: 5 },
        {
          model: "blend without a part, repeats allowed",
          trials: [{ changed: { without: "together" }, quality: 0.1 }],
        },
      ],
    },
    rebuy: { lessons: 8 },
    leftOut: [{ part: "keep", reason: "no time was left to learn it" }],
  }
  const current = {
    seed: 3,
    configuration: {
      neighbors: {
        coOccurrence: { edgesPerItem: 200 },
        contentEdgesPerItem: 100,
        decays: { sessionCoOccurrence: 0.8, twoStepTransitions: 0.6 },
      },
      sessions: { maxSequences: 300_000 },
    },
    search: {
      steps: [
        { model: "transitions decay", trials: [{ changed: { decay: 0.7 }, quality: 0.2 }], queries: 5 },
        {
          model: "blend ablation, repeats allowed",
          trials: [{ changed: { ablated: "coOccurrence" }, quality: 0.1 }],
        },
      ],
    },
    rebuy: { snapshots: 8 },
    omitted: [{ model: "keep", reason: "no time was left to learn it" }],
  }
  expect(manifestWithCurrentNames(former)).toEqual(current)
  expect(manifestWithCurrentNames(current)).toEqual(current)
})
