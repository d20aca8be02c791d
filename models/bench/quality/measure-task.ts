import { type BlendWeights, writeBlend } from "../../../src/core/preference/blend.ts"
import { decodeRelease } from "../../../src/core/release/decode-release.ts"
import type { ReleaseContents } from "../../../src/core/release/release.ts"
import type { EvaluationQuery } from "../../data/window.ts"
import type { ThreadTask } from "../../workers/thread-task.ts"
import { type Figures, type Measured, measure } from "./measure.ts"
import { now } from "./protocol.ts"

/** A release, and the format that is measured. */
export interface MeasureStart {
  contents: ReleaseContents
  /** In place of the release's own. */
  blend?: BlendWeights
  catalogueIds: readonly string[]
  format: Measured
}

/** Measures a share of the queries. */
export const task: ThreadTask<MeasureStart, readonly EvaluationQuery[], Figures> = {
  module: import.meta.url,
  setUp({ contents, blend, catalogueIds, format }) {
    const blended = blend ? { ...contents, blend: writeBlend(blend) } : contents
    const release = decodeRelease({ id: "bench", createdAt: now, trainedUntil: now }, blended)
    return (queries) => measure(release, queries, catalogueIds, format, now)
  },
}
