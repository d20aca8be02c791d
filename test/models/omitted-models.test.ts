import { expect, test } from "vitest"
import { finiteModels, nonFiniteModels, omittedModels, zeroUnusableModels } from "../../models/data/omitted-models.ts"
import type { ArtifactContent } from "../../src/core/artifact/artifact.ts"
import { recommend } from "../../src/core/preference/recommend.ts"
import { decodeRelease } from "../../src/core/release/decode-release.ts"
import { bought, catalogueOf, fitSmall, historyOf, itemsNamed, noon } from "../support/release.ts"

const histories = ["brush", "paint", "paper"].map((_, n, ids) => historyOf(bought(n, ...ids.slice(0, n + 1))))
const contents = await fitSmall(histories)
const parts = ["preference", "neighbors", "sessions", "habit", "popularity"] as const

/** The same artifact with a number of one tensor that is none. */
function broken({ metadata, tensors }: ArtifactContent, name: string, value = Number.NaN): ArtifactContent {
  const tensor = tensors[name]!
  if (tensor.dtype !== "F32") throw new Error(`${name} holds no float32`)
  const data = tensor.data.slice()
  data[0] = value
  return { metadata, tensors: { ...tensors, [name]: { ...tensor, data } } }
}

const firstFloats = ({ tensors }: ArtifactContent) =>
  Object.keys(tensors).find((name) => tensors[name]!.dtype === "F32" && tensors[name]!.data.length > 0)!

test("a part with a number that is none says nothing, names the reason, and the others still answer", () => {
  for (const part of parts) {
    const released = zeroUnusableModels({ ...contents, [part]: broken(contents[part], firstFloats(contents[part])) })
    expect(omittedModels(released).map(({ model }) => model)).toEqual([part])
    const release = decodeRelease({ id: "release", createdAt: noon, trainedUntil: noon }, released)
    const question = { history: histories[0]!, vector: null, limit: 3, repeats: "allowed", nowMs: noon } as const
    const slots = recommend({ ...question, explain: false }, release, catalogueOf(itemsNamed(...release.items.ids)))
    expect(slots.map(({ itemId }) => itemId).sort()).toEqual(["brush", "paint", "paper"])
    expect(slots.every(({ score }) => Number.isFinite(score))).toBe(true)
  }
})

test("of the graphs only the one that was not learnt loses its edges", () => {
  const { neighbors } = zeroUnusableModels({
    ...contents,
    neighbors: broken(contents.neighbors, "coOccurrence.weights", 0),
  })
  expect(neighbors.tensors["coOccurrence.targets"]!.data).toHaveLength(0)
  expect(neighbors.tensors["transitions.weights"]).toEqual(contents.neighbors.tensors["transitions.weights"])
  expect(neighbors.metadata.omittedBecause).toContain("coOccurrence")
})

test("parts that were learnt stay as they are, and an optional model that was not is left out", () => {
  expect(zeroUnusableModels(contents)).toEqual(contents)
  const fitted = { keep: contents.habit, rebuy: broken(contents.habit, "rebuyRate", Number.POSITIVE_INFINITY) }
  expect(Object.keys(finiteModels(fitted))).toEqual(["keep"])
  expect(nonFiniteModels(fitted)).toEqual([{ model: "rebuy", reason: "some of its numbers are not finite" }])
})
