import { parentPort, workerData } from "node:worker_threads"
import type { Window } from "../data/window.ts"
import type { Configuration } from "./configuration.ts"
import type { SearchTools } from "./model-search.ts"
import { searchMoments } from "./search-sequences.ts"

export interface SearchWork {
  start: Configuration
  windows: readonly Window[]
  tools: Omit<SearchTools, "onProgress" | "now">
}

const { start, windows, tools } = workerData as SearchWork
const onProgress = (line: string) => parentPort!.postMessage(line)
parentPort!.postMessage(await searchMoments(start, windows, { ...tools, onProgress }))
