import { setTimeout as sleep } from "node:timers/promises"

/** An item of a group commit and what its caller waits for. */
export interface Waiting<Item, Result> {
  item: Item
  /** Moment at which it came, in milliseconds of `performance.now()`. */
  since: number
  resolve: (result: Result) => void
  reject: (error: unknown) => void
}

interface LockedItemsOptions<W> {
  /** Returns a name of the rows that an item needs; items of one key wait together. */
  keyOf: (waiting: W) => string
  /** Age from which an item whose rows are still locked is refused, milliseconds. */
  patienceMs: number
  /** Answers items of one key; returns the error, and answers none, where others hold their rows. */
  write: (group: readonly W[]) => Promise<unknown>
}

export interface LockedItems<W> {
  /** True if items like this one wait here, or have just waited in vain. */
  takes(waiting: W): boolean
  /** Takes items that came together and could not be written, because others hold rows of some of them. */
  add(group: readonly W[], error: unknown): void
  /** Takes an item that would hold up others. */
  join(waiting: W): void
  size(): number
}

/** So long a key is tried apart after its rows were found to be locked, milliseconds. */
const lockedMs = 2000
/** Pause before a key is tried that was just locked, so that waiting for it leaves a connection to others, milliseconds. */
const pauseMs = 150
/** Age from which nobody waits for an item any more that was not tried yet, milliseconds. */
const staleMs = 1500

/**
 * Tries items whose rows others hold, one key at a time, beside the groups of those that nobody keeps waiting. A key that was found
 * to be locked comes last.
 */
export function createLockedItems<W extends Pick<Waiting<unknown, never>, "since" | "reject">>({
  keyOf,
  patienceMs,
  write,
}: LockedItemsOptions<W>): LockedItems<W> {
  const queues = new Map<string, W[]>()
  const lockedAt = new Map<string, number>()
  let running = false

  const refuse = (waiting: readonly W[], olderThanMs: number, error: unknown): W[] => {
    const now = performance.now()
    return waiting.filter(({ since, reject }) => {
      const isOld = now - since >= olderThanMs
      if (isOld) reject(error)
      return !isOld
    })
  }
  const put = (key: string, queue: W[]) => (queue.length > 0 ? queues.set(key, queue) : queues.delete(key))
  const noteLock = (key: string, group: readonly W[], error: unknown) => {
    const now = performance.now()
    for (const [known, at] of lockedAt) if (now - at >= lockedMs) lockedAt.delete(known)
    lockedAt.set(key, now)
    for (const [other, queue] of queues) put(other, refuse(queue, staleMs, error))
    put(key, [...refuse(group, patienceMs, error), ...(queues.get(key) ?? [])])
  }
  const nextKey = () => {
    const [first, ...others] = queues.keys()
    const at = (key: string) => lockedAt.get(key) ?? Number.NEGATIVE_INFINITY
    return others.reduce((best, key) => (at(key) < at(best!) ? key : best), first)
  }
  const wasJustLocked = (key: string | undefined) =>
    key !== undefined && performance.now() - (lockedAt.get(key) ?? Number.NEGATIVE_INFINITY) < pauseMs
  const run = async () => {
    for (;;) {
      if (wasJustLocked(nextKey())) await sleep(pauseMs)
      const key = nextKey()
      if (key === undefined) break
      const group = queues.get(key)!
      // Stays, though empty, so that whoever comes meanwhile waits behind them.
      queues.set(key, [])
      const error = await write(group)
      if (error !== null) noteLock(key, group, error)
      else {
        lockedAt.delete(key)
        put(key, queues.get(key) ?? [])
      }
    }
    running = false
  }
  const start = () => {
    if (running) return
    running = true
    void run()
  }
  const enqueue = (waiting: W) => {
    const key = keyOf(waiting)
    queues.set(key, [...(queues.get(key) ?? []), waiting])
  }
  return {
    takes(waiting) {
      const key = keyOf(waiting)
      return queues.has(key) || performance.now() - (lockedAt.get(key) ?? Number.NEGATIVE_INFINITY) < lockedMs
    },
    add(group, error) {
      const keys = new Set(group.map(keyOf))
      if (keys.size === 1) noteLock(keyOf(group[0]!), group, error)
      else for (const waiting of group) enqueue(waiting)
      start()
    },
    join(waiting) {
      enqueue(waiting)
      start()
    },
    size: () => [...queues.values()].reduce((sum, { length }) => sum + length, 0),
  }
}
