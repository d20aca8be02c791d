import { type ArtifactContent, isFiniteTensor, type Tensor } from "../../src/core/artifact/artifact.ts"
import { graphNames } from "../../src/core/preference/scorers.ts"
import { modelNames, type OptionalModelName, type ReleaseContents } from "../../src/core/release/release.ts"

/** A part that a release does without, and why. */
export interface LeftOut {
  part: string
  reason: string
}

export type OptionalContents = Partial<Record<OptionalModelName, ArtifactContent>>

export const noTime = "no time was left to learn it"
const notFinite = "some of its numbers are not finite"

/** The same parts, where one that was not learnt in finite numbers says nothing: its numbers are 0, its graph has no arrows, its metadata give the reason. */
export function silenceUnlearnt<T extends Partial<ReleaseContents>>(contents: T): T {
  const silenced = Object.entries(contents as Record<string, ArtifactContent>).map(([part, content]) => [
    part,
    part === "neighbors" ? withoutBadGraphs(content) : isLearnt(content) ? content : silent(content),
  ])
  return Object.fromEntries(silenced) as T
}

/** An artifact that says why it, or a part of it, says nothing; the same without a reason. */
export const withReason = (content: ArtifactContent, reason: string | null): ArtifactContent =>
  reason === null ? content : { ...content, metadata: { ...content.metadata, leftOut: reason } }

/** The optional models that were learnt in finite numbers. */
export const learntModels = (contents: OptionalContents): OptionalContents =>
  Object.fromEntries(Object.entries(contents).filter(([, content]) => isLearnt(content)))

/** The optional models that were not, with the reason. */
export const unlearntModels = (contents: OptionalContents): LeftOut[] =>
  Object.entries(contents)
    .filter(([, content]) => !isLearnt(content))
    .map(([part]) => ({ part, reason: notFinite }))

/** The parts of a release that say nothing, with the reason. */
export const silentParts = (contents: ReleaseContents): LeftOut[] =>
  modelNames.flatMap((part): LeftOut[] => {
    const reason = contents[part].metadata.leftOut
    return reason === undefined ? [] : [{ part, reason }]
  })

const isLearnt = ({ tensors }: ArtifactContent): boolean => Object.values(tensors).every(isFiniteTensor)

const silent = ({ metadata, tensors }: ArtifactContent): ArtifactContent => ({
  metadata: { ...metadata, leftOut: notFinite },
  tensors: Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [name, zeroed(tensor)])),
})

function zeroed(tensor: Tensor): Tensor {
  if (tensor.dtype === "F32") return { ...tensor, data: new Float32Array(tensor.data.length) }
  if (tensor.dtype === "F64") return { ...tensor, data: new Float64Array(tensor.data.length) }
  return tensor
}

function withoutBadGraphs(content: ArtifactContent): ArtifactContent {
  const { metadata, tensors } = content
  const bad = graphNames.filter((name) => !hasArrowsOnly(tensors[`${name}.weights`]))
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
    metadata: { ...metadata, leftOut: `${bad.join(", ")}: some weights are not positive, finite numbers` },
    tensors: { ...tensors, ...empty },
  }
}

const hasArrowsOnly = (weights: Tensor | undefined): boolean =>
  weights?.dtype === "F32" && weights.data.every((weight) => weight > 0 && weight < Infinity)
