import { expect, test } from "vitest"
import { createGroupCommit } from "../../../src/store/database/group-commit.ts"

/** A flush that notes its groups and waits until it is let go. */
function heldFlush() {
  const groups: number[][] = []
  const release: (() => void)[] = []
  const flush = (items: readonly number[]) =>
    new Promise<number[]>((resolve, reject) => {
      groups.push([...items])
      release.push(() => (items.includes(13) ? reject(new Error("thirteen")) : resolve(items.map((item) => item * 10))))
    })
  const letGo = async () => {
    release.shift()!()
    for (let turn = 0; turn < 10; turn++) await Promise.resolve()
  }
  return { groups, flush, letGo }
}

const options = { maxGroup: 3, maxWaiting: 4, mayBeOneItem: () => true, locks: { keyOf: String, patienceMs: 0 } }
const turn = () => new Promise((resolve) => setImmediate(resolve))

test("idle, it starts at once; what comes meanwhile goes together, at most a group at a time", async () => {
  const { groups, flush, letGo } = heldFlush()
  const submit = createGroupCommit({ ...options, flush })
  const first = submit(1)
  await turn()
  const others = [2, 3, 4, 5].map(submit)
  expect(groups).toEqual([[1]])
  await letGo()
  expect(await first).toBe(10)
  await turn()
  expect(groups).toEqual([[1], [2, 3, 4]])
  await letGo()
  await turn()
  await letGo()
  expect(await Promise.all(others)).toEqual([20, 30, 40, 50])
})

test("beyond its bound it tells callers to come back, and takes them again when there is room", async () => {
  const { flush, letGo } = heldFlush()
  const submit = createGroupCommit({ ...options, flush })
  const taken = [1, 2, 3, 4].map(submit)
  await expect(submit(5)).rejects.toMatchObject({ code: "unavailable", retryAfterSeconds: 1 })
  await turn()
  const again = submit(5)
  for (let flushes = 0; flushes < 2; flushes++) {
    await letGo()
    await turn()
  }
  expect(await Promise.all([...taken, again])).toEqual([10, 20, 30, 40, 50])
})

test("a group that fails is tried one by one, so that only the bad item fails", async () => {
  const { groups, flush, letGo } = heldFlush()
  const submit = createGroupCommit({ ...options, flush })
  const results = Promise.allSettled([1, 13, 2].map(submit))
  for (let flushes = 0; flushes < 4; flushes++) {
    await turn()
    await letGo()
  }
  expect((await results).map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"])
  expect(groups).toEqual([[1, 13, 2], [1], [13], [2]])
})

test("when no item can be to blame the whole group fails at once", async () => {
  let flushes = 0
  const flush = async () => {
    flushes += 1
    throw new Error("the server is gone")
  }
  const submit = createGroupCommit<number, number>({ ...options, flush, mayBeOneItem: () => false })
  const results = await Promise.allSettled([1, 2, 3].map(submit))
  expect(results.map(({ status }) => status)).toEqual(["rejected", "rejected", "rejected"])
  expect(flushes).toBe(1)
})

test("a full lane refuses its own, and a long one makes no other wait", async () => {
  const { groups, flush, letGo } = heldFlush()
  const laneOf = (item: number) => (item < 100 ? "public" : "server")
  const submit = createGroupCommit({ ...options, flush, laneOf })
  const first = submit(0)
  await turn()
  const public_ = [1, 2, 3, 4].map(submit)
  await expect(submit(5)).rejects.toMatchObject({ code: "unavailable" })
  const server = submit(100)
  await letGo()
  await turn()
  expect(groups).toEqual([[0], [100, 1, 2]])
  await letGo()
  expect(await server).toBe(1000)
  await turn()
  await letGo()
  expect(await Promise.all([first, ...public_])).toEqual([0, 10, 20, 30, 40])
})

const lockTimeout = () => Object.assign(new Error("canceling statement due to lock timeout"), { code: "55P03" })

/** A flush of words, of which those that begin with a held letter wait in vain; it notes its groups. */
function lockingFlush() {
  const groups: string[][] = []
  const held = new Set<string>()
  const flush = async (items: readonly string[]) => {
    groups.push([...items])
    await turn()
    if (items.some(([letter]) => held.has(letter!))) throw lockTimeout()
    return items
  }
  return { groups, held, flush }
}
const byLetter = { maxGroup: 9, maxWaiting: 9, mayBeOneItem: () => true }
const keyOf = (item: string) => item[0]!

test("who waits for a lock in vain is refused, and everybody else of the group is written", async () => {
  const { groups, held, flush } = lockingFlush()
  held.add("x")
  const submit = createGroupCommit({ ...byLetter, flush, locks: { keyOf, patienceMs: 0 } })
  const results = await Promise.allSettled(["a1", "x1", "b1", "x2", "a2"].map(submit))
  expect(results.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled", "rejected", "fulfilled"])
  expect(groups).toEqual([["a1", "x1", "b1", "x2", "a2"], ["a1", "a2"], ["x1", "x2"], ["b1"]])
})

test("what is known to be locked makes no group wait", async () => {
  const { groups, held, flush } = lockingFlush()
  held.add("x")
  const submit = createGroupCommit({ ...byLetter, flush, locks: { keyOf, patienceMs: 0 } })
  await expect(submit("x1")).rejects.toMatchObject({ code: "55P03" })
  const locked = expect(submit("x2")).rejects.toMatchObject({ code: "55P03" })
  expect(await Promise.all(["a1", "b1"].map(submit))).toEqual(["a1", "b1"])
  await locked
  expect(groups.filter((group) => group.length > 1)).toEqual([["a1", "b1"]])
  held.clear()
  expect(await submit("x3")).toBe("x3")
})

test("an item is tried again until its lock is free, in the order of its key", async () => {
  const { groups, held, flush } = lockingFlush()
  held.add("x")
  const submit = createGroupCommit({ ...byLetter, flush, locks: { keyOf, patienceMs: 60_000 } })
  const first = submit("x1")
  while (groups.length < 3) await turn()
  const second = submit("x2")
  expect(await submit("a1")).toBe("a1")
  held.clear()
  expect(await Promise.all([first, second])).toEqual(["x1", "x2"])
  expect(groups.flat().lastIndexOf("x1")).toBeLessThan(groups.flat().lastIndexOf("x2"))
})

test("items that wait for a lock are bounded as those of a lane are", async () => {
  const { held, flush } = lockingFlush()
  held.add("x")
  const submit = createGroupCommit({ ...byLetter, maxWaiting: 2, flush, locks: { keyOf, patienceMs: 0 } })
  await expect(submit("x1")).rejects.toMatchObject({ code: "55P03" })
  const taken = ["x2", "x3", "x4"].map(submit)
  await expect(submit("x5")).rejects.toMatchObject({ code: "unavailable", retryAfterSeconds: 1 })
  expect((await Promise.allSettled(taken)).map(({ status }) => status)).toEqual(["rejected", "rejected", "rejected"])
})
