import { type ArtifactContent, isFiniteTensor, type Tensor } from "../../src/core/artifact/artifact.ts"
import { graphNames } from "../../src/core/preference/scorers.ts"
import { modelNames, type OptionalModelName, type ReleaseContents } from "../../src/core/release/release.ts"

/** A model that a release does without, and the reason. */
export interface OmittedModel {
  model: string
  reason: string
}

export type OptionalContents = Partial<Record<OptionalModelName, ArtifactContent>>

export const outOfTime = "no time was left to train it"
const notFinite = "some of its numbers are not finite"

/**
 * Returns the same models, those with numbers that are not finite turned into ones that score nothing: their numbers are 0, their graphs
 * have no edges, their metadata give the reason.
 */
export function zeroUnusableModels<T extends Partial<ReleaseContents>>(contents: T): T {
  const usable = Object.entries(contents as Record<string, ArtifactContent>).map(([model, content]) => [
    model,
    model === "neighbors" ? withoutBadGraphs(content) : hasFiniteNumbers(content) ? content : zeroed(content),
  ])
  return Object.fromEntries(usable) as T
}

/** Returns the artifact with the reason why it, or a part of it, scores nothing; the same artifact for `null`. */
export const withOmissionReason = (content: ArtifactContent, reason: string | null): ArtifactContent =>
  reason === null ? content : { ...content, metadata: { ...content.metadata, omittedBecause: reason } }

/** Returns the optional models whose numbers are all finite. */
export const finiteModels = (contents: OptionalContents): OptionalContents =>
  Object.fromEntries(Object.entries(contents).filter(([, content]) => hasFiniteNumbers(content)))

/** Names the optional models that have numbers that are not finite. */
export const nonFiniteModels = (contents: OptionalContents): OmittedModel[] =>
  Object.entries(contents)
    .filter(([, content]) => !hasFiniteNumbers(content))
    .map(([model]) => ({ model, reason: notFinite }))

/** Names the models of a release that score nothing, with the reason. */
export const omittedModels = (contents: ReleaseContents): OmittedModel[] =>
  modelNames.flatMap((model): OmittedModel[] => {
    const reason = contents[model].metadata.omittedBecause
    return reason === undefined ? [] : [{ model, reason }]
  })

const hasFiniteNumbers = ({ tensors }: ArtifactContent): boolean => Object.values(tensors).every(isFiniteTensor)

const zeroed = ({ metadata, tensors }: ArtifactContent): ArtifactContent => ({
  metadata: { ...metadata, omittedBecause: notFinite },
  tensors: Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [name, zeros(tensor)])),
})

function zeros(tensor: Tensor): Tensor {
  if (tensor.dtype === "F32") return { ...tensor, data: new Float32Array(tensor.data.length) }
  if (tensor.dtype === "F64") return { ...tensor, data: new Float64Array(tensor.data.length) }
  return tensor
}

function withoutBadGraphs(content: ArtifactContent): ArtifactContent {
  const { metadata, tensors } = content
  const bad = graphNames.filter((name) => !hasPositiveWeights(tensors[`${name}.weights`]))
  if (bad.length === 0) return content
  const empty = Object.fromEntries(
    bad.flatMap((name): [string, Tensor][] => {
      const offsets = new Int32Array(tensors[`${name}.offsets`]?.data.length ?? 1)
      return [
        [`${name}.offsets`, { dtype: "I32", shape: [offsets.length], data: offsets }],
        [`${name}.targets`, { dtype: "I32", shape: [0], data: new Int32Array(0) }],
        [`${name}.weights`, { dtype: "F32", shape: [0], data: new Float32Array(0) }],
      ]
    }),
  )
  return {
    metadata: { ...metadata, omittedBecause: `${bad.join(", ")}: some weights are not positive, finite numbers` },
    tensors: { ...tensors, ...empty },
  }
}

const hasPositiveWeights = (weights: Tensor | undefined): boolean =>
  weights?.dtype === "F32" && weights.data.every((weight) => weight > 0 && weight < Infinity)
