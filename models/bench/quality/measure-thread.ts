import { parentPort, workerData } from "node:worker_threads"
import { type BlendWeights, writeBlend } from "../../../src/core/preference/blend.ts"
import { decodeRelease } from "../../../src/core/release/decode-release.ts"
import type { ReleaseContents } from "../../../src/core/release/release.ts"
import type { Question } from "../../data/window.ts"
import { type Measured, measure } from "./measure.ts"
import { now } from "./protocol.ts"

/** What a thread is started with: a release and its share of the questions. */
export interface MeasureStart {
  contents: ReleaseContents
  /** In place of the release's own. */
  blend?: BlendWeights
  questions: readonly Question[]
  catalogueIds: readonly string[]
  format: Measured
}

const { contents, blend, questions, catalogueIds, format } = workerData as MeasureStart
const asked = blend ? { ...contents, blend: writeBlend(blend) } : contents
const release = decodeRelease({ id: "bench", createdAt: now, trainedUntil: now }, asked)
parentPort!.postMessage(measure(release, questions, catalogueIds, format, now))
