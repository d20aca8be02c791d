import { isWorthThread, type Window } from "../data/window.ts"
import { answerOf, startThread } from "../workers/thread.ts"
import type { Configuration } from "./configuration.ts"
import type { SearchStep, SearchTools } from "./model-search.ts"
import { type MomentChoice, searchMoments } from "./search-sequences.ts"
import { searchTaste } from "./search-taste.ts"
import type { SearchWork } from "./search-thread.ts"

/**
 * Chooses each part's parameters on one window or several, by itself, by the same procedure and budget whatever the data; with two threads or
 * more, what is asked with everything and what is asked with the latest moments at the same time. `fitMs`: about what one fit takes.
 */
export async function searchConfiguration(
  start: Configuration,
  windows: readonly Window[],
  tools: SearchTools,
): Promise<{ configuration: Configuration; steps: SearchStep[]; fitMs: number }> {
  const apart = tools.threads > 1 && windows.some(isWorthThread) ? momentsApart(start, windows, tools) : null
  const threads = apart ? tools.threads - 1 : tools.threads
  const [taste, elsewhere] = await Promise.all([searchTaste(start, windows, { ...tools, threads }), apart])
  const moments = elsewhere ?? (await searchMoments(start, windows, tools))
  const { coOccurrence, slim, halfLifeDays, sessionCoOccurrenceDecay, steps, firstTrialsMs, ...parts } = taste
  const neighbors = {
    ...start.neighbors,
    coOccurrence,
    slim,
    transitions: moments.transitions,
    halfLifeDays,
    decays: { ...start.neighbors.decays, ...moments.decays, sessionCoOccurrence: sessionCoOccurrenceDecay },
  }
  return {
    configuration: { ...parts, neighbors, sessions: moments.sessions },
    steps: [...steps, ...moments.steps],
    fitMs: (firstTrialsMs + moments.firstTrialsMs) / windows.length,
  }
}

async function momentsApart(
  start: Configuration,
  windows: readonly Window[],
  tools: SearchTools,
): Promise<MomentChoice> {
  const { onProgress, now: _, ...rest } = tools
  const work: SearchWork = { start, windows, tools: { ...rest, threads: 1 } }
  const thread = startThread("search/search-thread", work, youngMb)
  try {
    return await answerOf(thread, (said) => {
      if (typeof said !== "string") return said as MomentChoice
      onProgress(said)
      return undefined
    })
  } finally {
    await thread.terminate()
  }
}

/** Megabytes for young objects of a thread that answers questions. */
const youngMb = 32
