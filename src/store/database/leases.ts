import { sql } from "drizzle-orm"
import type { Database } from "./database.ts"

export interface LeaseStore {
  /**
   * Takes, or prolongs, the lease for `forMs` by the database's clock; false while another holder has it. One that lasts longer
   * than any is from before that clock was set back, and free.
   */
  acquire(name: string, holder: string, forMs: number): Promise<boolean>
  /** Gives it back early; does nothing to another holder's. */
  release(name: string, holder: string): Promise<void>
}

export function createLeaseStore(database: Database): LeaseStore {
  return {
    async acquire(name, holder, forMs) {
      const rows = await database.execute(sql`
        insert into leases (name, holder, until)
        values (${name}, ${holder}, now() + ${forMs} * interval '1 millisecond')
        on conflict (name) do update set holder = excluded.holder, until = excluded.until
        where leases.holder = excluded.holder or leases.until < now() or leases.until > now() + ${2 * forMs} * interval '1 millisecond'
        returning name`)
      return rows.length === 1
    },
    async release(name, holder) {
      await database.execute(sql`delete from leases where name = ${name} and holder = ${holder}`)
    },
  }
}

/** A lease as one holder uses it. */
export interface Lease {
  /** Takes or prolongs it; false while another holder has it. */
  acquire(): Promise<boolean>
  /** Gives it back early. */
  release(): Promise<void>
  /** Runs `work` under the lease and gives it back; returns `undefined`, and runs nothing, while another holder has it. */
  run<T>(work: () => Promise<T>): Promise<T | undefined>
  /** Prolongs the lease, already held, while `work` lasts. */
  prolongDuring<T>(work: () => Promise<T>): Promise<T>
}

export function createLease(
  leases: LeaseStore,
  { name, holder, forMs }: { name: string; holder: string; forMs: number },
): Lease {
  const acquire = () => leases.acquire(name, holder, forMs)
  const release = () => leases.release(name, holder)
  return {
    acquire,
    release,
    async run(work) {
      if (!(await acquire())) return undefined
      try {
        return await work()
      } finally {
        await release()
      }
    },
    async prolongDuring(work) {
      const prolonging = setInterval(() => void acquire().catch(() => {}), forMs / 3)
      try {
        return await work()
      } finally {
        clearInterval(prolonging)
      }
    },
  }
}
