import { parentPort, workerData } from "node:worker_threads"
import { doShare, type TeachingWork } from "./fit-tasks.ts"

parentPort!.postMessage(doShare(workerData as TeachingWork))
