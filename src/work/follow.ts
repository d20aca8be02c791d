import { type Loop, type LoopTools, repeat } from "./repeat.ts"

/** A copy of tables in memory that a loop reads again and again; a reading that fails leaves what the last one found. */
export interface Follower extends Loop {
  /** Reads once, now; what was written before is in memory after. */
  refresh(): Promise<void>
}

/** The pause between two readings. */
export interface Pace {
  pauseMs?: number
}

/** Reads once, and then again and again; readings never overlap. Throws if the first fails. */
export async function follow(
  tools: LoopTools,
  loop: { name: string; pauseMs: number },
  read: () => Promise<void>,
): Promise<Follower> {
  await read()
  return followLater(tools, loop, read)
}

/** The same, but the first reading is left to the loop. */
export function followLater(
  tools: LoopTools,
  loop: { name: string; pauseMs: number },
  read: () => Promise<void>,
): Follower {
  const refresh = oneAtATime(read)
  return { refresh, stop: repeat(tools, loop, refresh).stop }
}

/** Returns work whose calls begin one after another, whether the one before succeeded or not. */
function oneAtATime(work: () => Promise<void>): () => Promise<void> {
  let underWay = Promise.resolve()
  return () => {
    const turn = underWay.then(work)
    underWay = turn.catch(() => {})
    return turn
  }
}
