import { availableParallelism } from "node:os"
import { type BlendWeights, linearBlend } from "../../../src/core/preference/blend.ts"
import { graphNames, type ScorerName } from "../../../src/core/preference/scorers.ts"
import { spread } from "../../data/window.ts"
import { type Learned, learn } from "../../learn/learn.ts"
import type { Format } from "./formats.ts"
import type { Figures } from "./measure.ts"
import { measureInThreads } from "./measure-in-threads.ts"

export interface DatasetResult {
  metrics: Figures
  factorsAlone: Figures
  graphAlone: Figures
  /** The graph that did best on validation by itself. */
  graph: string
  trainSeconds: number
  /** Of the whole process until it has learnt. */
  peakMemoryMB: number
}

/** Questions that single scorers are asked at most, spread evenly. */
const maxAlone = 5_000

export interface RunOptions {
  seed: number
  threads?: number
  searchTrials?: number
  budgetSeconds?: number
  /** Leaves the test alone: no figures. */
  rehearse?: boolean
  onProgress: (line: string) => void
}

/** Learns what the protocol allows, then asks the test queries: of the blend, of the factors alone and of the best graph alone. */
export async function runDataset(folder: string, format: Format, options: RunOptions): Promise<DatasetResult> {
  const { training, queries } = format.protocolOf(folder, options.seed)
  const ids = new Set(training.past.items.ids)
  for (const { history, relevant } of queries)
    for (const id of [...Object.keys(history.items), ...relevant]) ids.add(id)
  const catalogue = [...ids]
  options.onProgress(
    `${catalogue.length} items, ${queries.length} test queries; the past holds ${training.past.histories.length} histories`,
  )
  const begun = performance.now()
  const learned = await learn(training, options)
  const trainSeconds = (performance.now() - begun) / 1000
  const graph = bestGraph(learned)
  const peakMemoryMB = process.resourceUsage().maxRSS / 1000
  if (options.rehearse === true) {
    return { metrics: {}, factorsAlone: {}, graphAlone: {}, graph, trainSeconds, peakMemoryMB }
  }
  options.onProgress(`learnt in ${trainSeconds.toFixed(0)} s; asking`)
  const { depth, figures } = format
  const threads = options.threads ?? availableParallelism()
  const start = { contents: learned.contents, catalogueIds: catalogue, format: { depth, figures } }
  const alone = (scorer: ScorerName) =>
    measureInThreads({ ...start, blend: only(scorer) }, spread(queries, maxAlone), threads)
  return {
    metrics: await measureInThreads(start, queries, threads),
    factorsAlone: await alone("factors"),
    graphAlone: await alone(graph),
    graph,
    trainSeconds,
    peakMemoryMB,
  }
}

function only(scorer: ScorerName): BlendWeights {
  const blend = linearBlend({ [scorer]: 1 }, { candidatesPerScorer: 40, maxCandidates: 40 })
  return { allowed: blend, excluded: blend }
}

/** By the quality each graph's own search ended with. */
function bestGraph({ steps }: Learned): ScorerName {
  const qualityOf = (scorer: string) =>
    Math.max(
      0,
      ...steps
        .filter(({ model }) => model === scorer || model === `${scorer} decay`)
        .flatMap(({ trials }) => trials.map(({ quality }) => quality)),
    )
  return [...graphNames].sort((a, b) => qualityOf(b) - qualityOf(a))[0]!
}
