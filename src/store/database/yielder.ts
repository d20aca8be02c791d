import { setImmediate } from "node:timers/promises"

const sliceMs = 4

/** Lets others have the event loop when this work has had it for a few milliseconds. */
export function createYielder(): () => Promise<void> {
  let since = performance.now()
  return async () => {
    if (performance.now() - since < sliceMs) return
    await setImmediate()
    since = performance.now()
  }
}
