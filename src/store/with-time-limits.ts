import { performance } from "node:perf_hooks"
import { type DatabaseReason, databaseReasonOf, isConnectionLoss } from "../core/problem/database-reason.ts"
import { ApiError } from "../core/problem/problem.ts"
import { type CallKind, callKinds } from "./call-kinds.ts"
import { isLockTimeout } from "./database/database-errors.ts"
import type { DatabaseState } from "./database/database-state.ts"
import type { Store } from "./store.ts"

const timeoutMs = 2000
const bulkTimeoutMs = 30_000
/** Time for which a lost database is left alone before one call tries it again: longer where a call that is made may hang too. */
const restMs = { refused: 500, late: 1000 }
/** So many late calls in a row, none of them answered, open the breaker; fewer may be slow ones. */
const lateInARow = 3

interface Breaker {
  /** Moment since which it counts as lost, milliseconds since the epoch; `null`: it does not. */
  lostAt: number | null
  /** Milliseconds between two calls that try it again. */
  restMs: number
  /** Start of the newest call that was answered, in milliseconds of `performance.now()`. */
  answeredFrom: number
  /** Calls that are late since the last that was answered. */
  late: number
  /** Ends the waiting of each call under way that has a short limit. */
  waiting: Set<() => void>
}

interface Limits {
  breaker: Breaker
  state: DatabaseState
  clock: () => number
  /** Milliseconds. */
  timeoutMs: number
}

type Method = (...given: unknown[]) => unknown

const createBreaker = (): Breaker => ({
  lostAt: null,
  restMs: 0,
  answeredFrom: Number.NEGATIVE_INFINITY,
  late: 0,
  waiting: new Set(),
})

const limited = new WeakMap<Store, Store>()
const hangs = { reads: "readsHang", writes: "writesHang" } as const

/**
 * Returns the store with a time limit on every call (2 s, 30 s for bulk, `recordTimeoutMs` for records of answers) and
 * circuit breakers (Nygard, "Release It!", 2007), for reads, writes and writes of answers apart. A call throws
 * `unavailable` when the database cannot do it or does not answer in time, and at once while its breaker is open, but
 * for one call or two a second that try again. A limited store is returned as it is.
 */
export function withTimeLimits(store: Store, clock: () => number, recordTimeoutMs = 300): Store {
  const known = limited.get(store)
  if (known !== undefined) return known
  const { state } = store
  const breakers = { reads: createBreaker(), writes: createBreaker(), answers: createBreaker() }
  const limitCall = (call: Method, kind: CallKind) =>
    limit(call, kind, {
      breaker: breakers[kind.isOfAnswer ? "answers" : kind.access],
      state,
      clock,
      timeoutMs: kind.isRecord ? recordTimeoutMs : kind.bulk ? bulkTimeoutMs : timeoutMs,
    })
  const subjects = Object.entries(callKinds).map(([name, kinds]) => {
    const subject = store[name as keyof typeof callKinds] as unknown as Record<string, Method>
    const methods = Object.entries(kinds).map(([method, kind]) => [method, limitCall(subject[method]!, kind)])
    return [name, Object.fromEntries(methods)]
  })
  const wrapped: Store = {
    ...store,
    ...(Object.fromEntries(subjects) as Pick<Store, keyof typeof callKinds>),
    durability: limitCall(store.durability, { access: "reads" }) as Store["durability"],
  }
  limited.set(store, wrapped)
  limited.set(wrapped, wrapped)
  return wrapped
}

/** Limits what a method promises; what it returns at once, such as an iteration, is left alone. */
function limit(call: Method, { access, bulk = false, isRecord }: CallKind, limits: Limits): Method {
  const { breaker, state, clock } = limits
  const onReply = (startedAt: number) => {
    breaker.lostAt = null
    breaker.late = 0
    breaker.answeredFrom = Math.max(breaker.answeredFrom, startedAt)
  }
  const onAnswer = (startedAt: number) => {
    onReply(startedAt)
    if (!bulk) state.succeed(access, performance.now() - startedAt)
  }
  const onLate = () => {
    if (bulk) return
    breaker.late++
    if (breaker.late < lateInARow && breaker.lostAt === null) return
    breaker.lostAt = clock()
    breaker.restMs = restMs.late
    // A record that is late by its own, shorter limit says nothing of other writes yet.
    if (!isRecord) state.fail(access, hangs[access])
    // Those that came later would wait as long for nothing, and take the places of others.
    for (const giveUp of breaker.waiting) giveUp()
  }
  const onLoss = (reason: DatabaseReason, startedAt: number) => {
    state.fail(access, reason)
    // One connection was lost or refused, while others serve what was asked later.
    if (startedAt < breaker.answeredFrom) return
    breaker.lostAt = clock()
    breaker.restMs = restMs.refused
  }
  return (...given) => {
    if (breaker.lostAt !== null) {
      // A clock that was set back must not make the rest last until it has caught up.
      if (Math.abs(clock() - breaker.lostAt) < breaker.restMs) return Promise.reject(unavailable())
      breaker.lostAt = clock()
    }
    const startedAt = performance.now()
    const returned = call(...given)
    if (!isThenable(returned)) return returned
    const answer = Promise.resolve(returned)
    let isLate = false
    const beLate = () => {
      if (!isLate) onLate()
      isLate = true
    }
    // Whatever comes, however late and be it a refusal, came from a database that answers.
    answer.then(
      () => onAnswer(startedAt),
      (error: unknown) => {
        const reason = databaseReasonOf(error)
        if (isLockTimeout(error)) {
          // How long others hold a lock says nothing of how quick the database is.
          state.doubt()
          onReply(startedAt)
        } else if (reason !== null) onLoss(reason, startedAt)
        else if (isConnectionLoss(error)) beLate()
        else onAnswer(startedAt)
      },
    )
    return within(limits.timeoutMs, answer, beLate, bulk ? new Set() : breaker.waiting)
  }
}

const isThenable = (value: unknown): value is PromiseLike<unknown> =>
  typeof (value as PromiseLike<unknown> | null | undefined)?.then === "function"

async function within<T>(
  ms: number,
  answer: Promise<T>,
  onLate: () => void,
  waiting = new Set<() => void>(),
): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  let giveUp = () => {}
  const late = new Promise<never>((_, reject) => {
    giveUp = () => reject(unavailable())
    timer = setTimeout(() => {
      giveUp()
      onLate()
    }, ms)
  })
  waiting.add(giveUp)
  try {
    return await Promise.race([answer, late])
  } catch (error) {
    if (isLockTimeout(error)) throw busy(error)
    throw isConnectionLoss(error) ? unavailable() : error
  } finally {
    waiting.delete(giveUp)
    clearTimeout(timer)
  }
}

const unavailable = () =>
  new ApiError("unavailable", "the database cannot be reached; try again in a second", { retryAfterSeconds: 1 })

const busy = (cause: unknown) =>
  cause instanceof ApiError
    ? cause
    : new ApiError("unavailable", "others lock the same rows; send this again", { retryAfterSeconds: 1, cause })
