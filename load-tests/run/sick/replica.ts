import { type ChildProcess, spawn } from "node:child_process"
import { closeSync, openSync, writeFileSync } from "node:fs"
import { becomesReady, end, freePort } from "../service.ts"

/** One process of the service at an address that it keeps over restarts. */
export interface Replica {
  url: string
  logFile: string
  pid(): number
  /** Starts it and waits until it takes traffic. */
  start(): Promise<void>
  /** Tells it to end and resolves to the seconds that took. */
  stop(): Promise<number>
  kill(): void
  /** Sets its clock this much off, milliseconds; a restart sets it right. */
  shiftClock(ms: number): void
}

interface ReplicaOptions {
  settings: Readonly<Record<string, string>>
  logFile: string
  /** The checkout whose code runs; this one where it is left out. */
  root?: string | undefined
}

const loaded = ["--import", "tsx", "--import", new URL("shifted-clock.ts", import.meta.url).href]
const readyWithinMs = 120_000

/** Prepares a replica as `beforehand start` runs it; nothing of this process's configuration reaches it. */
export async function prepareReplica({ settings, logFile, root }: ReplicaOptions): Promise<Replica> {
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const { PATH, HOME } = process.env
  const clockFile = `${logFile}.clock`
  const env = {
    ...(PATH && { PATH }),
    ...(HOME && { HOME }),
    HOST: "127.0.0.1",
    PORT: String(port),
    CLOCK_FILE: clockFile,
    ...settings,
  }
  let child: ChildProcess | undefined
  return {
    url,
    logFile,
    pid: () => child!.pid!,
    async start() {
      const log = openSync(logFile, "a")
      child = spawn(process.execPath, [...loaded, "src/cli.ts", "start"], {
        env,
        ...(root !== undefined && { cwd: root }),
        stdio: ["ignore", log, log],
      })
      closeSync(log)
      await becomesReady(`${url}/ready`, child, readyWithinMs)
    },
    async stop() {
      const toldAt = performance.now()
      if (child) await end(child)
      return (performance.now() - toldAt) / 1000
    },
    kill: () => void child?.kill("SIGKILL"),
    shiftClock(ms) {
      writeFileSync(clockFile, String(ms))
      child!.kill("SIGUSR2")
    },
  }
}
