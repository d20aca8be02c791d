import { spawn } from "node:child_process"
import { once } from "node:events"
import { setTimeout as sleep } from "node:timers/promises"

export interface Server {
  /** As the kernel does it when memory is out: no warning, nothing finished. */
  kill(): Promise<void>
  stop(): Promise<void>
}

/** The service as a process of its own; resolves when it takes traffic. */
export async function startServer(settings: Record<string, string>, address: string): Promise<Server> {
  const { DATABASE_URL: _, ...environment } = process.env
  const child = spawn(process.execPath, ["--import", "tsx", "src/cli.ts", "start"], {
    env: { ...environment, LOG_LEVEL: "silent", ...settings },
    stdio: ["ignore", "ignore", "inherit"],
  })
  const exited = once(child, "exit")
  const end = async (signal: NodeJS.Signals) => {
    if (child.exitCode === null && child.signalCode === null) child.kill(signal)
    await exited
  }
  while (!(await isReady(address))) {
    if (child.exitCode !== null) throw new Error(`the server ended with ${child.exitCode}`)
    await sleep(50)
  }
  return { kill: () => end("SIGKILL"), stop: () => end("SIGTERM") }
}

const isReady = (address: string) =>
  fetch(`${address}/ready`).then(
    ({ ok }) => ok,
    () => false,
  )
