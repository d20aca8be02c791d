import type { Logger } from "pino"

/** A loop that main starts; `stop` resolves once its last turn is over. */
export interface Loop {
  stop(): Promise<void>
}

/** Runs `turn` again and again with `pauseMs` between; a failing turn is logged, once until one succeeds, and the next follows. */
export function repeat(name: string, pauseMs: number, log: Logger, turn: () => Promise<void>): Loop {
  let stopped = false
  let failing = false
  let wake = () => {}
  const run = async () => {
    while (!stopped) {
      try {
        await turn()
        failing = false
      } catch (error) {
        if (!failing) log.warn({ err: error, loop: name }, "a turn failed; it is tried again")
        failing = true
      }
      if (!stopped) await new Promise<void>((resolve) => sleep(resolve))
    }
  }
  const sleep = (resolve: () => void) => {
    const timer = setTimeout(resolve, pauseMs)
    wake = () => {
      clearTimeout(timer)
      resolve()
    }
  }
  const ended = run()
  return {
    async stop() {
      stopped = true
      wake()
      await ended
    },
  }
}
