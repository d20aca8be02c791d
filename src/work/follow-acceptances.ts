import type { Logger } from "pino"
import type { AcceptanceCount } from "../core/propensity/smoothed-rates.ts"
import type { Store } from "../store/store.ts"
import { type Loop, repeat } from "./repeat.ts"

const pauseMs = 30_000
const windowMs = 90 * 86_400_000

export interface FollowedAcceptances extends Loop {
  current(): readonly AcceptanceCount[]
}

interface FollowAcceptancesOptions {
  store: Pick<Store, "decisions">
  clock: () => number
  log: Logger
}

/** Counts how often offers of the last 90 days were accepted, again about twice a minute. */
export function followAcceptances({ store, clock, log }: FollowAcceptancesOptions): FollowedAcceptances {
  let counts: readonly AcceptanceCount[] = []
  const loop = repeat("follow-acceptances", pauseMs, log, async () => {
    counts = await store.decisions.countAcceptances(clock() - windowMs)
  })
  return { current: () => counts, stop: loop.stop }
}
