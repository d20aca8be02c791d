import { type ChildProcess, fork } from "node:child_process"
import { once } from "node:events"
import { fileURLToPath } from "node:url"
import type { SideFacts, SideMessage } from "./side.ts"

export interface OpenSide {
  baseUrl: string
  keys: Record<string, string>
  pids: { server: number; postgres: number }
  facts: SideFacts
  stop(): Promise<void>
}

export interface SideOptions {
  /** The checkout whose code answers. */
  root: string
  /** Folder in which its shop stays. */
  keep: string
  customers: number
  items: number
  profile?: string | undefined
}

/**
 * Opens a made shop by the drivers of a checkout, in a process group of its own, so that ctrl-c reaches only this one. `stops`
 * gets what ends it, whether or not it opens.
 */
export async function openSide(
  { root, keep, customers, items, profile }: SideOptions,
  stops: (() => Promise<void>)[],
): Promise<OpenSide> {
  const sizes = ["--customers", String(customers), "--items", String(items), "--keep", keep]
  const program = fileURLToPath(new URL("side.ts", import.meta.url))
  const child = fork(program, [...sizes, ...(profile === undefined ? [] : ["--profile", profile])], {
    cwd: root,
    execArgv: ["--import", "tsx"],
    detached: true,
    stdio: ["ignore", 2, "inherit", "ipc"],
  })
  const stop = () => stopSide(child)
  stops.push(stop)
  const [message] = (await Promise.race([once(child, "message"), failsWhenItEnds(child)])) as [SideMessage]
  if (message.kind === "failed") throw new Error(`${root} did not open: ${message.reason}`)
  const { kind: _, ...opened } = message
  return { ...opened, stop }
}

async function failsWhenItEnds(child: ChildProcess): Promise<never> {
  const [code] = await once(child, "exit")
  throw new Error(`the process that opens a shop ended with ${code} before it did`)
}

async function stopSide(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exited = once(child, "exit")
  child.kill("SIGTERM")
  await exited
}
