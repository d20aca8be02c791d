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
  /** Peak of the whole process until training ends. */
  peakMemoryMB: number
}

/** Queries that single scorers are evaluated on at most, spread evenly. */
const maxAlone = 5_000

export interface RunOptions {
  seed: number
  threads?: number
  searchTrials?: number
  budgetSeconds?: number
  /** Leaves the test out: no figures. */
  validateOnly?: boolean
  onProgress: (line: string) => void
}

/** Trains on what the protocol allows, then evaluates the test queries: the blend, the factors alone and the best graph alone. */
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
  if (options.validateOnly === true) {
    return { metrics: {}, factorsAlone: {}, graphAlone: {}, graph, trainSeconds, peakMemoryMB }
  }
  options.onProgress(`trained in ${trainSeconds.toFixed(0)} s; evaluating`)
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

/** Returns the graph whose own search reached the best quality. */
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
