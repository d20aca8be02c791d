import { parentPort, workerData } from "node:worker_threads"
import { doShare, type TeachingWork } from "./teaching-tasks.ts"

parentPort!.postMessage(doShare(workerData as TeachingWork))
