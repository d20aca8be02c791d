import { setTimeout as sleep } from "node:timers/promises"

/** Waits as long as has passed since `startedAt` (of `performance.now()`), so that half of the time is left to requests. */
export const restAsLongSince = (startedAt: number): Promise<void> => sleep(performance.now() - startedAt)
