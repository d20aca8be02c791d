import { isWorthThread, type Window } from "../data/window.ts"
import { withThreads } from "../workers/thread.ts"
import type { Configuration } from "./configuration.ts"
import type { SearchStep, SearchTools } from "./model-search.ts"
import { type SequenceChoice, searchSequences } from "./search-sequences.ts"
import { searchTaste } from "./search-taste.ts"
import { task as sequenceSearchTask } from "./sequence-search-task.ts"

/**
 * Chooses each model's parameters on one window or several, each by itself, by the same procedure and budget whatever the data; with two
 * threads or more, models of the whole history and models of the latest session steps at the same time. `fitMs`: about what one fit takes.
 */
export async function searchConfiguration(
  start: Configuration,
  windows: readonly Window[],
  tools: SearchTools,
): Promise<{ configuration: Configuration; steps: SearchStep[]; fitMs: number }> {
  const inThread = tools.threads > 1 && windows.some(isWorthThread)
  const apart = inThread ? searchSequencesInThread(start, windows, tools) : null
  const threads = apart ? tools.threads - 1 : tools.threads
  const [taste, elsewhere] = await Promise.all([searchTaste(start, windows, { ...tools, threads }), apart])
  const sequences = elsewhere ?? (await searchSequences(start, windows, tools))
  const { coOccurrence, slim, halfLifeDays, sessionCoOccurrenceDecay, steps, firstTrialsMs, ...models } = taste
  const neighbors = {
    ...start.neighbors,
    coOccurrence,
    slim,
    transitions: sequences.transitions,
    halfLifeDays,
    decays: { ...start.neighbors.decays, ...sequences.decays, sessionCoOccurrence: sessionCoOccurrenceDecay },
  }
  return {
    configuration: { ...models, neighbors, sessions: sequences.sessions },
    steps: [...steps, ...sequences.steps],
    fitMs: (firstTrialsMs + sequences.firstTrialsMs) / windows.length,
  }
}

function searchSequencesInThread(
  start: Configuration,
  windows: readonly Window[],
  { onProgress, now: _, ...tools }: SearchTools,
): Promise<SequenceChoice> {
  const search = { start, windows, tools: { ...tools, threads: 1 } }
  return withThreads(sequenceSearchTask, [search], ([thread]) => thread!.run(null), { onProgress, youngMb })
}

/** Megabytes for young objects of a thread that answers queries. */
const youngMb = 32
