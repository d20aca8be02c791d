import type { CooperativeTask } from "../../core/time/cooperative-task.ts"
import { createYielder } from "../../store/database/yielder.ts"

/** Does work that comes in steps, with room for others between them. */
export async function runCooperatively<T>(steps: CooperativeTask<T>): Promise<T> {
  const yieldIfDue = createYielder()
  for (;;) {
    const { done, value } = steps.next()
    if (done) return value
    await yieldIfDue()
  }
}
