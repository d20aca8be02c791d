import { ApiError } from "../core/problem.ts"

export interface GroupCommitOptions<Item, Result> {
  /** Makes a whole group durable; results in the order of the items. */
  flush: (items: readonly Item[]) => Promise<readonly Result[]>
  maxGroup: number
  /** How many items may wait; beyond it callers are told to come back. */
  maxWaiting: number
  /** Whether one item may be to blame, so that trying each alone can help; not so when the server is gone. */
  mayBeOneItem: (error: unknown) => boolean
}

interface Waiting<Item, Result> {
  item: Item
  resolve: (result: Result) => void
  reject: (error: unknown) => void
}

/** Gathers what arrives while a write is under way into the next write, so that many callers share one commit; idle, it starts at once. */
export function createGroupCommit<Item, Result>(
  options: GroupCommitOptions<Item, Result>,
): (item: Item) => Promise<Result> {
  const { flush, maxGroup, maxWaiting, mayBeOneItem } = options
  let waiting: Waiting<Item, Result>[] = []
  let running = false

  const settle = async (group: readonly Waiting<Item, Result>[]): Promise<void> => {
    try {
      const results = await flush(group.map(({ item }) => item))
      for (const [i, { resolve }] of group.entries()) resolve(results[i]!)
    } catch (error) {
      if (group.length > 1 && mayBeOneItem(error)) for (const one of group) await settle([one])
      else for (const { reject } of group) reject(error)
    }
  }
  const run = async () => {
    running = true
    while (waiting.length > 0) {
      const group = waiting.slice(0, maxGroup)
      waiting = waiting.slice(maxGroup)
      await settle(group)
    }
    running = false
  }
  return (item) => {
    if (waiting.length >= maxWaiting)
      return Promise.reject(
        new ApiError("unavailable", "too many writes are waiting; send this again", { retryAfterSeconds: 1 }),
      )
    return new Promise((resolve, reject) => {
      waiting.push({ item, resolve, reject })
      // A turn later, so that what one caller submits in a loop is one group.
      if (!running) {
        running = true
        queueMicrotask(() => void run())
      }
    })
  }
}
