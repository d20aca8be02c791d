import cluster, { type Worker } from "node:cluster"
import { once } from "node:events"
import { setTimeout as sleep } from "node:timers/promises"
import type { Logger } from "pino"
import { gatherMetrics } from "./share-metrics.ts"

export interface Processes {
  /** Address that all of them listen on. */
  address: string
  /** Has each drain after the delay, finish its requests and end. */
  stop(drainDelayMs: number): Promise<void>
}

/** Message that a process of several sends to the first once it receives messages; those sent before are lost. */
interface Joins {
  joins: true
}

/** Message that a process of several sends to the first once it listens. */
interface Listens {
  listensAt: string
}

/** Message that a process of several sends to the first once it could listen. */
interface Opened {
  isOpen: true
}

/** Message of the first process once the port is free. */
interface Allows {
  mayListen: true
}

/** Message of the first process that has another end. */
interface Stops {
  stopWith: "SIGTERM" | "SIGINT"
}

const soonMs = 5000
/** More than requests under way are given to finish. */
const stopMs = 15_000

/**
 * Runs `count` processes that share one port, which `freePort` frees once the first of them could listen. One that ends is replaced;
 * after an early end only a little later, so that a lasting fault does not keep the machine busy.
 */
export async function startProcesses(
  count: number,
  environment: Record<string, string>,
  log: Logger,
  freePort: () => Promise<void>,
): Promise<Processes> {
  // Each takes its connections from the system itself; handed over by the first process, one can hang with a process that dies.
  cluster.schedulingPolicy = cluster.SCHED_NONE
  const workers = new Set<Worker>()
  const gather = gatherMetrics()
  let stopMessage: Stops | undefined
  const start = (): Worker => {
    const startedAt = performance.now()
    const worker = cluster.fork(environment)
    workers.add(worker)
    gather(worker)
    worker.on("message", async (message: Joins | Opened | Listens) => {
      if ("joins" in message && stopMessage !== undefined && worker.isConnected()) worker.send(stopMessage)
      if (!("isOpen" in message)) return
      await freePort()
      if (worker.isConnected()) worker.send({ mayListen: true } satisfies Allows)
    })
    worker.once("exit", async (code, signal) => {
      workers.delete(worker)
      if (stopMessage !== undefined) return
      log.error({ workerPid: worker.process.pid, code, signal }, "process ended; starting a replacement")
      if (performance.now() - startedAt < soonMs) await sleep(1000)
      if (stopMessage === undefined) start()
    })
    return worker
  }
  const stop = async (drainDelayMs: number) => {
    // Not by disconnecting, which would close the port at once.
    stopMessage = { stopWith: drainDelayMs > 0 ? "SIGTERM" : "SIGINT" }
    const ends = [...workers].map((worker) => once(worker, "exit"))
    for (const worker of workers) worker.send(stopMessage)
    const deadline = setTimeout(() => {
      for (const worker of workers) {
        log.error({ workerPid: worker.process.pid }, "process did not stop in time; killing it")
        worker.process.kill("SIGKILL")
      }
    }, drainDelayMs + stopMs)
    await Promise.all(ends)
    clearTimeout(deadline)
  }
  const addresses = await Promise.all(Array.from({ length: count }, () => addressOf(start())))
  return { address: addresses[0]!, stop }
}

function addressOf(worker: Worker): Promise<string> {
  return new Promise((resolve, reject) => {
    worker.once("exit", () => reject(new Error("a process ended before it listened; its log says why")))
    worker.on("message", (message: Joins | Opened | Listens) => "listensAt" in message && resolve(message.listensAt))
  })
}

/** True if this process is one of several that serve, rather than the one that started them. */
export const isOneOfSeveral = () => cluster.isWorker

/** The process that started this one, as one of several. */
export interface FirstProcess {
  /** Says that this one could listen, and resolves once the port is free. */
  untilPortIsFree(): Promise<void>
  reportListening(address: string): void
}

/** Joins the process that started this one, and does `stop` when that one says so or is gone. */
export function joinFirstProcess(stop: (signal: NodeJS.Signals) => unknown): FirstProcess {
  let allow = () => {}
  const allowed = new Promise<void>((resolve) => {
    allow = resolve
  })
  process.once("disconnect", () => stop("SIGINT"))
  process.on("message", (message: Allows | Stops) => {
    if ("stopWith" in message) stop(message.stopWith)
    if ("mayListen" in message) allow()
  })
  if (!process.connected) stop("SIGINT")
  process.send?.({ joins: true } satisfies Joins)
  return {
    untilPortIsFree() {
      process.send?.({ isOpen: true } satisfies Opened)
      return allowed
    },
    reportListening: (listensAt) => void process.send?.({ listensAt } satisfies Listens),
  }
}
