import { performance } from "node:perf_hooks"

/** Waits until a connection was had, counted by duration. */
export interface WaitCounts {
  /** Upper bounds, seconds. */
  bounds: readonly number[]
  /** Number of waits up to each bound and above the one before, and of all that were longer as the last. */
  counts: readonly number[]
  sumSeconds: number
}

const bounds = [0.001, 0.005, 0.025, 0.1, 0.5, 2]

interface SentQuery {
  options: { prepare?: boolean; simple?: boolean; onexecute?: unknown }
}

export interface PoolWaits {
  /** Measures how long a query of the driver, just made, waits until a connection takes it. */
  measure(query: unknown): void
  counts(): WaitCounts
}

/** Creates the counts of a pool's waits. */
export function createPoolWaits(): PoolWaits {
  const counts = Array.from({ length: bounds.length + 1 }, () => 0)
  let sumSeconds = 0
  const add = (seconds: number) => {
    const bound = bounds.findIndex((most) => seconds <= most)
    counts[bound === -1 ? bounds.length : bound]! += 1
    sumSeconds += seconds
  }
  return {
    measure(made) {
      const query = made as SentQuery
      const { prepare, simple, onexecute } = query.options
      const madeAt = performance.now()
      let isSent = false
      // The driver says nothing as a query gets its connection, but reads this then, and never before.
      query.options = {
        prepare: prepare === true,
        onexecute,
        get simple() {
          if (!isSent) add((performance.now() - madeAt) / 1000)
          isSent = true
          return simple === true
        },
      }
    },
    counts: () => ({ bounds, counts: [...counts], sumSeconds }),
  }
}
