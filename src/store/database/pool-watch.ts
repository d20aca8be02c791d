import { performance } from "node:perf_hooks"
import type postgres from "postgres"
import { unconfirmedCommit } from "../../core/problem/database-reason.ts"

/** Milliseconds; a phase without limits may last as long as it likes. */
interface PhaseLimits {
  /** Age at which the server is asked to cancel. */
  cancelMs: number
  /** Age at which a connection that has been silent for as long is given up. */
  cutMs: number
}

export interface PoolLimits {
  /** Of a statement outside a transaction, its commit included. */
  statement?: PhaseLimits
  /** Of a transaction before its commit. */
  transaction?: PhaseLimits
  commit?: PhaseLimits
}

/** Fields of the driver's queries that its types leave out. */
export interface DriverQuery {
  /** Process and secret of the server that runs the query; `null` before it is sent. */
  state: { pid: number; secret: number } | null
  active: boolean
  canceller: (query: Pick<DriverQuery, "state" | "active">) => Promise<void>
  resolve: (result: unknown) => void
  reject: (error: unknown) => void
}

interface WatchedSocket {
  readonly bytesRead: number
  readonly destroyed: boolean
  endSilent(): void
}

/** A statement or a transaction on its way. */
interface Work {
  /** Moment at which its phase began, in milliseconds of `performance.now()`. */
  since: number
  limits: PhaseLimits | undefined
  query: DriverQuery | null
  askedAt: number
  /** True if a standby may not have what it committed. */
  isUnconfirmed: boolean
}

export interface PoolWatch {
  addSocket<S extends WatchedSocket>(socket: S): S
  /** Watches a statement from when it is made; it is rejected where a standby may not have it. */
  follow<Q>(query: Q): Q
  begin(limits: PhaseLimits | undefined): Work
  /** Begins the next phase of work. */
  restart(work: Work, limits: PhaseLimits | undefined): void
  end(work: Work): void
  /** Returns how many connections are open and busy, and how much waits for one. */
  usage(): { open: number; busy: number; waiting: number }
  /** Takes note of a message that the server sent beside its answers. */
  notice(notice: postgres.Notice): void
  stop(): void
}

const tickMs = 200
/** Time between two requests to cancel the same work, milliseconds. */
const askAgainMs = 600

/** Makes the error of a commit that is on the primary and perhaps on no standby, so that it acknowledges nothing. */
export const unconfirmed = (): Error =>
  Object.assign(new Error("no synchronous standby confirmed the commit in time"), { code: unconfirmedCommit })

/**
 * Watches what a pool has under way, so that no statement holds a connection beyond its limits. A commit that waits for a standby is
 * ended by no time limit of the server, only by a cancel request; it then succeeds with a notice, which is no acknowledgement. A
 * connection that stays silent is given up.
 */
export function watchPool(limits: PoolLimits): PoolWatch {
  const works = new Set<Work>()
  const lastReads = new Map<WatchedSocket, { bytes: number; at: number }>()
  let tickedAt = performance.now()

  const cancel = ({ query }: Work) => {
    // Of a transaction, the first query has ended; the driver needs no more of one than this.
    if (query?.state) query.canceller({ state: { ...query.state }, active: true }).catch(() => {})
  }
  const tick = () => {
    const now = performance.now()
    // What this process slept through is nobody's delay.
    const slept = Math.max(0, now - tickedAt - 2 * tickMs)
    tickedAt = now
    for (const [socket, last] of lastReads) {
      if (socket.destroyed) lastReads.delete(socket)
      else if (socket.bytesRead !== last.bytes) lastReads.set(socket, { bytes: socket.bytesRead, at: now })
      else last.at += slept
    }
    let shortestCut = Number.POSITIVE_INFINITY
    for (const work of works) {
      work.since += slept
      if (work.limits === undefined) continue
      const age = now - work.since
      if (age >= work.limits.cutMs) shortestCut = Math.min(shortestCut, work.limits.cutMs)
      else if (age >= work.limits.cancelMs && now - work.askedAt >= askAgainMs) {
        work.askedAt = now
        cancel(work)
      }
    }
    for (const [socket, { at }] of lastReads) if (now - at >= shortestCut) socket.endSilent()
  }
  const timer = setInterval(tick, tickMs).unref()

  const begin = (phase: PhaseLimits | undefined): Work => {
    const work = { since: performance.now(), limits: phase, query: null, askedAt: 0, isUnconfirmed: false }
    works.add(work)
    return work
  }
  return {
    addSocket(socket) {
      lastReads.set(socket, { bytes: 0, at: performance.now() })
      return socket
    },
    follow(followed) {
      const query = followed as DriverQuery
      const work = begin(limits.statement)
      work.query = query
      const { resolve, reject } = query
      query.resolve = (result) => {
        works.delete(work)
        if (work.isUnconfirmed) reject(unconfirmed())
        else resolve(result)
      }
      query.reject = (error) => {
        works.delete(work)
        reject(error)
      }
      return followed
    },
    begin,
    restart: (work, phase) => void Object.assign(work, { since: performance.now(), limits: phase, askedAt: 0 }),
    end: (work) => void works.delete(work),
    usage() {
      const states = [...works].flatMap(({ query }) => (query === null ? [] : [query.state]))
      const taken = states.filter((state) => state !== null)
      const open = [...lastReads.keys()].filter(({ destroyed }) => !destroyed).length
      // Of statements sent together on one connection, each has that connection's state.
      return { open, busy: new Set(taken).size, waiting: states.length - taken.length }
    },
    notice({ routine }) {
      // The server's function, because its messages may be translated. It names no connection: all that are under way are doubted.
      if (routine === "SyncRepWaitForLSN") for (const work of works) work.isUnconfirmed = true
    },
    stop: () => clearInterval(timer),
  }
}
