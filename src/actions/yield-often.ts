import type { Steps } from "../core/steps.ts"
import { createBreather } from "../store/breathe.ts"

/** Does work that comes in steps, with room for others between them. */
export async function finishSlowly<T>(steps: Steps<T>): Promise<T> {
  const breathe = createBreather()
  for (;;) {
    const { done, value } = steps.next()
    if (done) return value
    await breathe()
  }
}
