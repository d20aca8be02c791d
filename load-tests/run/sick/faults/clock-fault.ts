import type { Fault } from "./fault.ts"

/** More than the service trusts two clocks to differ by, and less than the ten minutes that an event may be in the future. */
const apartMs = 8 * 60_000

/**
 * The clock of the last replica is eight minutes ahead of the database's and the other's, and as much behind in every other
 * round: what `Date` says in that process, as `shifted-clock.ts` makes it, not the machine's clock.
 */
export const clocksApart: Fault = {
  name: "clocksApart",
  degrades: false,
  async begin({ replicas }, round) {
    const replica = replicas.at(-1)!
    replica.shiftClock(round % 2 === 0 ? apartMs : -apartMs)
    return async () => replica.shiftClock(0)
  },
}
