import { setTimeout } from "node:timers/promises"

/** Waits so many milliseconds; false once the process was asked to end. */
export function pauseUntilStopped(): (ms: number) => Promise<boolean> {
  const stopped = new AbortController()
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => stopped.abort())
  return (ms) => setTimeout(ms, true, { signal: stopped.signal }).catch(() => false)
}
