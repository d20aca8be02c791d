import { setTimeout as sleep } from "node:timers/promises"
import type { Logger } from "pino"
import type { Loop } from "../work/repeat.ts"

/** Ends that a stop makes, the latest first; each is told for how long balancers are to see it coming. */
export type Closing = ((drainDelayMs: number) => Promise<void>)[]

const loopsMs = 2500

/** Ends loops together, so that the slowest alone is waited for. */
export const stopLoops = (loops: readonly Loop[], log: Pick<Logger, "warn">): Promise<void> =>
  within(loopsMs, "the background work", () => Promise.all(loops.map(({ stop }) => stop())), log)

/** Ends something and waits for it for so many milliseconds at most; what is cut off then, other processes or the next start do again. */
export async function within(
  ms: number,
  what: string,
  end: () => Promise<unknown>,
  log: Pick<Logger, "warn">,
): Promise<void> {
  const late = Symbol("late")
  const giveUp = new AbortController()
  const first = await Promise.race([end(), sleep(ms, late, { signal: giveUp.signal }).catch(() => late)])
  giveUp.abort()
  if (first === late) log.warn({ ms }, `${what} did not end in time and is cut off`)
}
