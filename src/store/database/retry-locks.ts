import { setTimeout as sleep } from "node:timers/promises"
import { isDeadlock, isLockTimeout } from "./database-errors.ts"

interface RetryLimits {
  mostTries: number
  /** Maximum pause between two tries, milliseconds; the first ones are shorter. */
  longestPauseMs: number
  /** Called once, before the first pause. */
  onWait?: () => void
}

/** Does work again, after pauses that grow and differ, while others hold what it has to lock for longer than it waits. */
export async function retryLocks(
  work: () => Promise<unknown>,
  { mostTries, longestPauseMs, onWait = () => {} }: RetryLimits,
): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      await work()
      return
    } catch (error) {
      if (tries === mostTries || !(isLockTimeout(error) || isDeadlock(error))) throw error
      if (tries === 1) onWait()
      await sleep(Math.min(longestPauseMs, 50 * 2 ** tries) * (0.5 + Math.random() / 2))
    }
  }
}
