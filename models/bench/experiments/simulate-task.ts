import type { ThreadTask } from "../../workers/thread-task.ts"
import { type Cell, type CellResult, simulateCell } from "./simulate-cell.ts"

/** Simulates one cell after the other. */
export const task: ThreadTask<null, Cell, CellResult> = { module: import.meta.url, setUp: () => simulateCell }
