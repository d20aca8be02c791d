import { ApiError } from "../../core/problem/problem.ts"

export interface GroupCommitOptions<Item, Result> {
  /** Makes a whole group durable; results in the order of the items. */
  flush: (items: readonly Item[]) => Promise<readonly Result[]>
  maxGroup: number
  /** Maximum number of waiting items of a lane; further callers are told to come back. */
  maxWaiting: number
  /** Items of one lane wait behind one another only: no lane uses up the room or the turns of another. */
  laneOf?: (item: Item) => string
  /** True if one item may be to blame, so that trying each alone can help; not so when the server is gone. */
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
  const { flush, maxGroup, maxWaiting, laneOf = () => "", mayBeOneItem } = options
  const lanes = new Map<string, Waiting<Item, Result>[]>()
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
    for (let group = takeGroup(lanes, maxGroup); group.length > 0; group = takeGroup(lanes, maxGroup))
      await settle(group)
    running = false
  }
  return (item) => {
    const name = laneOf(item)
    const lane = lanes.get(name) ?? []
    lanes.set(name, lane)
    if (lane.length >= maxWaiting)
      return Promise.reject(
        new ApiError("unavailable", "too many writes are waiting; send this again", { retryAfterSeconds: 1 }),
      )
    return new Promise((resolve, reject) => {
      lane.push({ item, resolve, reject })
      // A turn later, so that what one caller submits in a loop is one group.
      if (!running) {
        running = true
        queueMicrotask(() => void run())
      }
    })
  }
}

/** As much of each lane; what a short one leaves goes to the longer. */
function takeGroup<W>(lanes: ReadonlyMap<string, W[]>, maxGroup: number): W[] {
  const byLength = [...lanes.values()].filter(({ length }) => length > 0).sort((a, b) => a.length - b.length)
  const group: W[] = []
  for (const [n, lane] of byLength.entries())
    group.push(...lane.splice(0, Math.ceil((maxGroup - group.length) / (byLength.length - n))))
  return group
}
