import { isConnectionLoss } from "../core/problem/connection-loss.ts"
import { ApiError } from "../core/problem/problem.ts"
import type { Store } from "./store.ts"

const timeoutMs = 2000
const longTimeoutMs = 30_000
/** Time for which a lost database is left alone before one call tries it again. */
const cooldownMs = 1000
/** So many late calls in a row, none of them answered, open the breaker; fewer may be slow ones. */
const lateInARow = 3

/** Methods that read, write or compute much and are called by few: their lateness says nothing about the database. */
const longMethods: { readonly [Subject in keyof Store]?: readonly (keyof Store[Subject])[] } = {
  audit: ["list"],
  customers: ["erase", "exportAll"],
  decisions: ["latest"],
  events: ["append", "ingest"],
  items: ["list", "upsert"],
  offers: ["list", "upsert"],
  plans: ["list", "change"],
  policies: ["history"],
  releases: ["list", "readArtifact", "promote", "rollback"],
  evaluations: ["list"],
  sends: ["list", "transition"],
  triggers: ["findEvents", "customers"],
  webhooks: ["list", "messages", "delete"],
}

interface Breaker {
  /** Since when the database counts as lost, milliseconds since the epoch; `null`: it does not. */
  lostAt: number | null
  /** Calls that are late since the database last answered anything. */
  late: number
}

type Method = (...given: unknown[]) => unknown

const limited = new WeakMap<Store, Store>()

/**
 * Returns the store with a time limit on every call (2 s, 30 s for `longMethods`) and one circuit breaker over them all (Nygard,
 * "Release It!", 2007). A call throws `unavailable` when the database cannot be reached or does not answer in time, and at once
 * while the breaker is open, but for one call a second that tries again. A limited store is returned as it is.
 */
export function withTimeLimits(store: Store, clock: () => number): Store {
  const known = limited.get(store)
  if (known !== undefined) return known
  const breaker: Breaker = { lostAt: null, late: 0 }
  const wrapped = Object.fromEntries(
    Object.entries(store).map(([name, subject]) => {
      if (name === "close") return [name, subject]
      if (typeof subject === "function") return [name, limit(subject as Method, timeoutMs, breaker, clock)]
      const long = (longMethods[name as keyof Store] ?? []) as readonly string[]
      const methods = Object.entries(subject as Record<string, Method>).map(([method, call]) => [
        method,
        limit(call, long.includes(method) ? longTimeoutMs : timeoutMs, breaker, clock),
      ])
      return [name, Object.fromEntries(methods)]
    }),
  ) as unknown as Store
  limited.set(store, wrapped)
  limited.set(wrapped, wrapped)
  return wrapped
}

/** Limits what a method promises; what it returns at once, such as an iteration, is left alone. */
function limit(call: Method, ms: number, breaker: Breaker, clock: () => number): Method {
  return (...given) => {
    if (breaker.lostAt !== null) {
      // A clock that was set back must not make the rest last until it has caught up.
      if (Math.abs(clock() - breaker.lostAt) < cooldownMs) return Promise.reject(unavailable())
      breaker.lostAt = clock()
    }
    const returned = call(...given)
    if (!isThenable(returned)) return returned
    const answer = Promise.resolve(returned)
    const close = () => Object.assign(breaker, { lostAt: null, late: 0 })
    // Whatever comes, however late and be it a refusal, came from a database that answers.
    answer.then(close, (error: unknown) => {
      if (isConnectionLoss(error)) breaker.lostAt = clock()
      else close()
    })
    return within(ms, answer, () => {
      if (ms > timeoutMs) return
      breaker.late++
      if (breaker.late >= lateInARow || breaker.lostAt !== null) breaker.lostAt = clock()
    })
  }
}

const isThenable = (value: unknown): value is PromiseLike<unknown> =>
  typeof (value as PromiseLike<unknown> | null | undefined)?.then === "function"

async function within<T>(ms: number, answer: Promise<T>, onLate: () => void): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      onLate()
      reject(unavailable())
    }, ms)
  })
  try {
    return await Promise.race([answer, late])
  } catch (error) {
    throw isConnectionLoss(error) ? unavailable() : error
  } finally {
    clearTimeout(timer)
  }
}

const unavailable = () =>
  new ApiError("unavailable", "the database cannot be reached; try again in a second", { retryAfterSeconds: 1 })
