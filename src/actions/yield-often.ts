import { setImmediate } from "node:timers/promises"
import type { Steps } from "../core/preference/steps.ts"

const sliceMs = 4

/** Lets others have the event loop when this work has had it for a few milliseconds. */
export function createBreather(): () => Promise<void> {
  let since = performance.now()
  return async () => {
    if (performance.now() - since < sliceMs) return
    await setImmediate()
    since = performance.now()
  }
}

/** Does work that comes in steps, with room for others between them. */
export async function finishSlowly<T>(steps: Steps<T>): Promise<T> {
  const breathe = createBreather()
  for (;;) {
    const { done, value } = steps.next()
    if (done) return value
    await breathe()
  }
}
