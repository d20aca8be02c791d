import { setTimeout as sleep } from "node:timers/promises"
import type { Logger } from "pino"

/** A loop that main starts; `stop` resolves once its last turn is over. */
export interface Loop {
  stop(): Promise<void>
}

/** One turn of a loop that has ended. */
export interface LoopRun {
  loop: string
  seconds: number
  /** The error that it failed with; `null`: it succeeded. */
  error: unknown
}

export interface LoopTools {
  log: Logger
  /** Receives each turn of each loop as it ends. */
  onLoopRun?: ((run: LoopRun) => void) | undefined
}

/**
 * Runs `turn` again and again with `pauseMs` between, and gives it the signal that aborts as the loop is stopped; a failing turn is
 * logged, once until one succeeds, and the next follows.
 */
export function repeat(
  { log, onLoopRun = () => {} }: LoopTools,
  { name, pauseMs }: { name: string; pauseMs: number },
  turn: (signal: AbortSignal) => Promise<void>,
): Loop {
  const stopping = new AbortController()
  const { signal } = stopping
  let failing = false
  const failureOfTurn = async (): Promise<unknown> => {
    try {
      await turn(signal)
      failing = false
      return null
    } catch (error) {
      if (!failing) log.warn({ err: error, loop: name }, "failed to run a loop's turn; will retry")
      failing = true
      return error
    }
  }
  const run = async () => {
    while (!signal.aborted) {
      const startedAt = performance.now()
      const error = await failureOfTurn()
      onLoopRun({ loop: name, seconds: (performance.now() - startedAt) / 1000, error })
      await sleep(pauseMs, undefined, { signal }).catch(() => {})
    }
  }
  const ended = run()
  return {
    async stop() {
      stopping.abort()
      await ended
    },
  }
}
