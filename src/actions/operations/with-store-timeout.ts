import { isConnectionLoss } from "../../core/problem/connection-loss.ts"
import { ApiError } from "../../core/problem/problem.ts"
import type { Services } from "../../services.ts"
import type { Store } from "../../store/store.ts"

const patienceMs = 2000
/** For what reads or computes much, and is asked by few. */
const longPatienceMs = 30_000
const restMs = 1000
/** So many late questions in a row, none of them answered, are a database that does not answer; fewer may be slow ones. */
const lateInARow = 3

/** What is known of a database: since when it counts as lost, and how many questions are late since it last said anything. */
interface Condition {
  lostAt: number | null
  late: number
}

const conditions = new WeakMap<Store, Condition>()

function conditionOf(store: Store): Condition {
  const known = conditions.get(store) ?? { lostAt: null, late: 0 }
  conditions.set(store, known)
  return known
}

type Asker = Pick<Services, "store" | "clock">

/**
 * Asks the store for no longer than a question can wait. Throws `unavailable` when the database cannot be reached or does not
 * answer in time. Once it counts as lost, at once, but for one question a second that tries again, so that it does not slow them all.
 */
export async function askStore<T>({ store, clock }: Asker, ask: (store: Store) => Promise<T>): Promise<T> {
  const condition = conditionOf(store)
  if (condition.lostAt !== null) {
    // A clock that was set back must not make the rest last until it has caught up.
    if (Math.abs(clock() - condition.lostAt) < restMs) throw unavailable()
    condition.lostAt = clock()
  }
  const isAlive = () => Object.assign(condition, { lostAt: null, late: 0 })
  const asked = ask(store)
  // Whatever comes, however late and be it a refusal, came from a database that answers.
  asked.then(isAlive, (error: unknown) => {
    if (isConnectionLoss(error)) condition.lostAt = clock()
    else isAlive()
  })
  return within(patienceMs, asked, () => {
    condition.late++
    if (condition.late >= lateInARow || condition.lostAt !== null) condition.lostAt = clock()
  })
}

/** Asks what may take long, as lists and exports do: its lateness says nothing about the database. */
export const askPatiently = <T>({ store }: Asker, ask: (store: Store) => Promise<T>): Promise<T> =>
  within(longPatienceMs, ask(store), () => {})

async function within<T>(ms: number, asked: Promise<T>, onLate: () => void): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      onLate()
      reject(unavailable())
    }, ms)
  })
  try {
    return await Promise.race([asked, late])
  } catch (error) {
    throw isConnectionLoss(error) ? unavailable() : error
  } finally {
    clearTimeout(timer)
  }
}

const unavailable = () =>
  new ApiError("unavailable", "the database cannot be reached; try again in a second", { retryAfterSeconds: 1 })

export const isUnavailable = (error: unknown): boolean => error instanceof ApiError && error.code === "unavailable"
