import { isConnectionLoss } from "../core/connection-loss.ts"
import { ApiError } from "../core/problem.ts"
import type { Services } from "../services.ts"
import type { Store } from "../store/store.ts"

const patienceMs = 2000
const restMs = 1000
const failedAtByStore = new WeakMap<Store, number>()

/**
 * Asks the store for no longer than a question can wait. Throws `unavailable` when the database cannot be reached or does not
 * answer in time; after that at once, but for one question a second that tries again, so that a lost database does not slow them all.
 */
export async function askStore<T>(
  { store, clock }: Pick<Services, "store" | "clock">,
  ask: (store: Store) => Promise<T>,
): Promise<T> {
  const failedAt = failedAtByStore.get(store)
  if (failedAt !== undefined) {
    // A clock that was set back must not make the rest last until it has caught up.
    if (Math.abs(clock() - failedAt) < restMs) throw unavailable()
    failedAtByStore.set(store, clock())
  }
  let timer: NodeJS.Timeout | undefined
  try {
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(unavailable()), patienceMs)
    })
    const answer = await Promise.race([ask(store), late])
    failedAtByStore.delete(store)
    return answer
  } catch (error) {
    const lost = isConnectionLoss(error) || isUnavailable(error)
    if (!lost) throw error
    failedAtByStore.set(store, clock())
    throw unavailable()
  } finally {
    clearTimeout(timer)
  }
}

const unavailable = () =>
  new ApiError("unavailable", "the database cannot be reached; try again in a second", { retryAfterSeconds: 1 })

export const isUnavailable = (error: unknown): boolean => error instanceof ApiError && error.code === "unavailable"
