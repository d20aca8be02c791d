import { ApiError } from "../../core/problem/problem.ts"
import { isLockTimeout } from "./database-errors.ts"
import { createLockedItems, type Waiting } from "./locked-items.ts"

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
  /** Items whose rows others hold are tried apart, so that nobody else waits for them. */
  locks: {
    /** Returns a name of the rows that an item needs. */
    keyOf: (item: Item) => string
    /** Age up to which an item is tried again, milliseconds. */
    patienceMs: number
    /** Does what `flush` does, and waits less for locks. */
    flush?: GroupCommitOptions<Item, Result>["flush"]
  }
}

/** Gathers what arrives while a write is under way into the next write, so that many callers share one commit; idle, it starts at once. */
export function createGroupCommit<Item, Result>(
  options: GroupCommitOptions<Item, Result>,
): (item: Item) => Promise<Result> {
  const { flush, maxGroup, maxWaiting, laneOf = () => "", mayBeOneItem, locks } = options
  type Asked = Waiting<Item, Result>
  const lanes = new Map<string, Asked[]>()
  let running = false

  /** Returns the error where others hold rows of the group; else each item is answered, or waits apart. */
  const write = async (group: readonly Asked[], writeItems = flush): Promise<unknown> => {
    try {
      const results = await writeItems(group.map(({ item }) => item))
      for (const [i, { resolve }] of group.entries()) resolve(results[i]!)
    } catch (error) {
      if (isLockTimeout(error)) return error
      if (group.length > 1 && mayBeOneItem(error)) for (const one of group) await settle([one])
      else for (const { reject } of group) reject(error)
    }
    return null
  }
  const locked = createLockedItems<Asked>({
    keyOf: ({ item }) => locks.keyOf(item),
    patienceMs: locks.patienceMs,
    write: (group) => write(group, locks.flush),
  })
  const settle = async (group: readonly Asked[]): Promise<void> => {
    const error = await write(group)
    if (error !== null) locked.add(group, error)
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
    return new Promise((resolve, reject) => {
      const asked = { item, since: performance.now(), resolve, reject }
      const isLocked = locked.takes(asked)
      if ((isLocked ? locked.size() : lane.length) >= maxWaiting) return reject(tooManyWaiting())
      if (isLocked) return locked.join(asked)
      lane.push(asked)
      // A turn later, so that what one caller submits in a loop is one group.
      if (!running) {
        running = true
        queueMicrotask(() => void run())
      }
    })
  }
}

const tooManyWaiting = () =>
  new ApiError("unavailable", "too many writes are waiting; send this again", { retryAfterSeconds: 1 })

/** As much of each lane; what a short one leaves goes to the longer. */
function takeGroup<W>(lanes: ReadonlyMap<string, W[]>, maxGroup: number): W[] {
  const byLength = [...lanes.values()].filter(({ length }) => length > 0).sort((a, b) => a.length - b.length)
  const group: W[] = []
  for (const [n, lane] of byLength.entries())
    group.push(...lane.splice(0, Math.ceil((maxGroup - group.length) / (byLength.length - n))))
  return group
}
