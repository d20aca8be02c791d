import { parentPort, workerData } from "node:worker_threads"
import type { Configuration } from "./configuration.ts"
import type { SearchTools } from "./model-search.ts"
import { searchMoments } from "./search-moments.ts"
import type { Window } from "./window.ts"

export interface SearchWork {
  start: Configuration
  windows: readonly Window[]
  tools: Omit<SearchTools, "onProgress" | "now">
}

const { start, windows, tools } = workerData as SearchWork
const onProgress = (line: string) => parentPort!.postMessage(line)
parentPort!.postMessage(await searchMoments(start, windows, { ...tools, onProgress }))
