interface PartTime {
  part: string
  ms: number
}

/** Times the parts of long work, one after another. */
export interface PartTimes {
  /** Ends a part that began where the one before ended. */
  end(part: string): void
  /** Returns the seconds of the whole, and each part's seconds and share in the order they ended. */
  summary(): string
}

const seconds = (ms: number): string => (ms / 1000).toFixed(1)

/** Begins with the first part at `sinceMs` of `now`, both in milliseconds of one clock. */
export function createPartTimes(sinceMs: number, now: () => number): PartTimes {
  const parts: PartTime[] = []
  let endedAt = sinceMs
  return {
    end(part) {
      const at = now()
      parts.push({ part, ms: at - endedAt })
      endedAt = at
    },
    summary() {
      const whole = parts.reduce((sum, { ms }) => sum + ms, 0)
      const share = (ms: number) => Math.round((100 * ms) / Math.max(1, whole))
      const named = parts.map(({ part, ms }) => `${part} ${seconds(ms)} s (${share(ms)} %)`)
      return `${seconds(whole)} s: ${named.join(", ")}`
    },
  }
}
