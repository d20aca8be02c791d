import type { Window } from "../data/window.ts"
import type { ThreadTask } from "../workers/thread-task.ts"
import type { Configuration } from "./configuration.ts"
import type { SearchTools } from "./model-search.ts"
import { type SequenceChoice, searchSequences } from "./search-sequences.ts"

interface SequenceSearch {
  start: Configuration
  windows: readonly Window[]
  tools: Omit<SearchTools, "onProgress" | "now">
}

/** Searches the parameters of sequence models beside those of the others. */
export const task: ThreadTask<SequenceSearch, null, SequenceChoice> = {
  module: import.meta.url,
  setUp:
    ({ start, windows, tools }, report) =>
    () =>
      searchSequences(start, windows, { ...tools, onProgress: report }),
}
