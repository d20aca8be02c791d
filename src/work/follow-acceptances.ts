import type { AcceptanceCount } from "../core/propensity/smoothed-rates.ts"
import { dayMs } from "../core/time/durations.ts"
import type { Store } from "../store/store.ts"
import { type Follower, followLater, type Pace } from "./follow.ts"
import type { LoopTools } from "./repeat.ts"

const windowMs = 90 * dayMs

export interface FollowedAcceptances extends Follower {
  current(): readonly AcceptanceCount[]
}

interface Tools extends LoopTools {
  store: Pick<Store, "decisions">
  clock: () => number
}

/** Counts how often offers of the last 90 days were accepted, again about twice a minute. */
export function followAcceptances(tools: Tools, { pauseMs = 30_000 }: Pace = {}): FollowedAcceptances {
  const { store, clock } = tools
  let counts: readonly AcceptanceCount[] = []
  const follower = followLater(tools, { name: "follow-acceptances", pauseMs }, async () => {
    counts = await store.decisions.countAcceptances(clock() - windowMs)
  })
  return { ...follower, current: () => counts }
}
