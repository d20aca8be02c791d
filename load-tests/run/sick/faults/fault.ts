import type { BreakableDatabase } from "../../../../test/support/breakable-database.ts"
import type { Replica } from "../replica.ts"
import type { ReplicatedDatabase } from "../replicated-database.ts"

/** The database, the network to it and the service, which faults break. */
export interface FaultyWorld {
  database: ReplicatedDatabase
  /** The way from the service to the primary. */
  network: BreakableDatabase
  replicas: readonly Replica[]
}

export interface Fault {
  name: string
  /** True if everybody is meant to notice; false where only who needs one row, or one statement, is concerned. */
  degrades: boolean
  /** Makes the database sick; call what it returns to make it well again. */
  begin(world: FaultyWorld, round: number): Promise<() => Promise<unknown>>
  /** Brings back what the fault used up, once answers are normal. */
  restore?(world: FaultyWorld): Promise<void>
}

/** Repeats some work until told to stop; a pause follows each turn. Stopping waits for the last one. */
export function repeatedly(pauseMs: number, work: () => Promise<unknown>): () => Promise<void> {
  let stopped = false
  let wake = () => {}
  const ended = (async () => {
    while (!stopped) {
      await work()
      if (stopped) break
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, pauseMs)
        wake = () => {
          clearTimeout(timer)
          resolve()
        }
      })
    }
  })()
  return async () => {
    stopped = true
    wake()
    await ended
  }
}
