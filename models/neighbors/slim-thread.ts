import { parentPort, workerData } from "node:worker_threads"
import type { Regressions } from "./local-regressions.ts"
import { solveRegressions } from "./solve-regressions.ts"

solveRegressions(workerData as Regressions)
parentPort!.postMessage("done")
