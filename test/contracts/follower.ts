import postgres from "postgres"
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest"
import type { Store } from "../../src/store/store.ts"
import type { LoopRun, LoopTools } from "../../src/work/repeat.ts"
import { type BreakableDatabase, breakDatabase } from "../support/breakable-database.ts"
import { createTestDatabase, openTestStore } from "../support/database.ts"
import { silent } from "../support/save-release.ts"

/** A follower under test. */
interface OpenFollower {
  /** Everything that it holds, as a value to compare. */
  held(): unknown
  /** Reads once, now. */
  refresh(): Promise<void>
  /** Ends its loop; `null`: it has none, and reads when it is asked. */
  stop: (() => Promise<void>) | null
}

/** Another process, which writes. */
interface Writer {
  store: Store
  sql: postgres.Sql
}

export interface FollowedTable {
  /** Name of the loop. */
  name: string
  open(tools: LoopTools & { store: Store }, options: { pauseMs: number }): Promise<OpenFollower>
  /** Writes the state after `n` changes, each in place of the one before; returns what is held of it. */
  write(writer: Writer, n: number): Promise<unknown>
}

const soon = { timeout: 20_000, interval: 20 }
const changes = 10

/** The contract of everything that is kept in memory of tables; a new follower is one more call. */
export function followerContract({ name, open, write }: FollowedTable) {
  describe(name, () => {
    let way: BreakableDatabase
    let near: Store
    let far: Writer
    let follower: OpenFollower
    let written = 0
    const runs: LoopRun[] = []
    const opened: OpenFollower[] = []
    const openOne = async (ended: LoopRun[]) => {
      const tools = { store: near, log: silent, onLoopRun: (run: LoopRun) => void ended.push(run) }
      const one = await open(tools, { pauseMs: 20 })
      opened.push(one)
      return one
    }
    const change = () => write(far, written++)
    const expectHeld = (expected: unknown, { held } = follower) =>
      expect.poll(async () => held(), soon).toEqual(expected)

    beforeAll(async () => {
      const databaseUrl = await createTestDatabase()
      way = await breakDatabase(databaseUrl)
      far = { store: await openTestStore(databaseUrl), sql: postgres(databaseUrl, { max: 1 }) }
      near = await openTestStore(way.url)
      follower = await openOne(runs)
    })
    afterEach(() => way.heal())
    afterAll(async () => {
      for (const { stop } of opened) await stop?.()
      await Promise.all([near.close(), far.store.close(), far.sql.end()])
      await way.close()
    })

    test("follows what another process writes, unasked", async () => {
      for (let n = 0; n < 3; n++) await expectHeld(await change())
    })

    test("holds what was written before a refresh after it", async () => {
      const expected = await change()
      await follower.refresh()
      expect(await follower.held()).toEqual(expected)
    })

    test("holds the last state without the database, and catches up when that is back", async () => {
      const before = await follower.held()
      way.refuse()
      await expect(near.keys.active()).rejects.toThrow()
      const missed = await change()
      await follower.refresh().catch(() => {})
      expect(await follower.held()).toEqual(before)
      way.heal()
      await expectHeld(missed)
    })

    test("holds no more after many changes than what is in force", async () => {
      for (let n = 1; n < changes; n++) await change()
      const expected = await change()
      await follower.refresh()
      expect(await follower.held()).toEqual(expected)
    })

    test("reads nothing once it is stopped, and reports each turn before that under its name", async () => {
      const ended: LoopRun[] = []
      const stopped = await openOne(ended)
      if (stopped.stop === null) return expect(runs).toEqual([])
      await expect.poll(() => ended.length, soon).toBeGreaterThan(0)
      await stopped.stop()
      const [before, turns] = [await stopped.held(), ended.length]
      await expectHeld(await change())
      expect(await stopped.held()).toEqual(before)
      expect(ended).toHaveLength(turns)
      expect(new Set(ended.map(({ loop }) => loop))).toEqual(new Set([name]))
    })
  })
}
