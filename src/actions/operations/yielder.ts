import type { Steps } from "../../core/time/cooperative-task.ts"
import { createBreather } from "../../store/database/breathe.ts"

/** Does work that comes in steps, with room for others between them. */
export async function finishSlowly<T>(steps: Steps<T>): Promise<T> {
  const breathe = createBreather()
  for (;;) {
    const { done, value } = steps.next()
    if (done) return value
    await breathe()
  }
}
