import { performance } from "node:perf_hooks"
import type postgres from "postgres"
import { databaseReasonOf } from "../../core/problem/database-reason.ts"
import type { DatabaseServer } from "./database-server.ts"
import type { Access, DatabaseState } from "./database-state.ts"
import { openPool, type Pool } from "./pool.ts"

const pauseMs = 1000
const settings = { statement_timeout: "900", lock_timeout: "450" }
const limits = { statement: { cancelMs: 900, cutMs: 2000 } }
/** Lock modes of whole tables that keep others from writing; the last keeps them from reading too. */
const tableLocks = sqlList(["ShareLock", "ShareRowExclusiveLock", "ExclusiveLock", "AccessExclusiveLock"])

const findTableLocks = `
  select bool_or(mode = 'AccessExclusiveLock') as "stopsReads" from pg_locks join pg_class on pg_class.oid = relation
  where locktype = 'relation' and granted and mode in (${tableLocks}) and relkind in ('r', 'p')
    and relnamespace = current_schema()::regnamespace and pid <> pg_backend_pid()
    and database = (select oid from pg_database where datname = current_database())
  having count(*) > 0`

/** Writes to the log of changes alone, and so waits for the disk and a synchronous standby without changing a row. */
const write = "select pg_logical_emit_message(true, 'beforehand', 'probe')"
const askWhetherReadOnly = "select current_setting('transaction_read_only') = 'on' as \"isReadOnly\""

/**
 * While a fault is known, asks once a second, on a connection of its own, for whether it has ended; nothing is asked while none is. A full
 * disk is left to the next write of a caller, because a probe needs no room. When a lock was not given in time, looks for one on a whole
 * table.
 */
export function probeWhileSick(server: DatabaseServer, state: DatabaseState): { stop(): Promise<void> } {
  let pool: Pool | undefined
  let timer: NodeJS.Timeout | undefined
  let isDoubted = false
  let probing: Promise<void> | undefined

  const probe = async (client: postgres.Sql, access: Access) => {
    const startedAt = performance.now()
    try {
      if (access === "reads") await client.unsafe("select 1")
      else {
        const [row] = await client.unsafe<{ isReadOnly: boolean }[]>(askWhetherReadOnly)
        if (row!.isReadOnly) return state.fail("writes", "readOnly")
        await client.unsafe(write)
      }
      state.probed(access, performance.now() - startedAt)
    } catch (error) {
      state.fail(access, databaseReasonOf(error) ?? (access === "reads" ? "readsHang" : "writesHang"))
    }
  }
  const lookForLocks = async (client: postgres.Sql) => {
    const [locked] = await client.unsafe<{ stopsReads: boolean }[]>(findTableLocks)
    if (locked === undefined) return
    state.fail("writes", "locked")
    if (locked.stopsReads) state.fail("reads", "locked")
  }
  const turn = async () => {
    pool ??= openPool(server, 1, settings, limits)
    const { client } = pool
    const mayBeLocked = isDoubted || state.faults().some(({ reason }) => reason === "locked")
    isDoubted = false
    if (mayBeLocked) await lookForLocks(client).catch(() => {})
    for (const { access, reason } of state.faults()) if (reason !== "diskFull") await probe(client, access)
  }
  const schedule = () => {
    const isNeeded = isDoubted || state.faults().length > 0
    if (isNeeded)
      timer ??= setInterval(() => {
        probing ??= turn().finally(() => {
          probing = undefined
          schedule()
        })
      }, pauseMs).unref()
    else if (timer !== undefined) {
      clearInterval(timer)
      timer = undefined
      void pool?.close()
      pool = undefined
    }
  }
  const endListening = [
    state.onChange(schedule),
    state.onDoubt(() => {
      isDoubted = true
      schedule()
    }),
  ]
  return {
    async stop() {
      for (const end of endListening) end()
      clearInterval(timer)
      await probing
      await pool?.close()
    },
  }
}

function sqlList(words: readonly string[]): string {
  return words.map((word) => `'${word}'`).join(", ")
}
