import type { Logger } from "pino"
import type { Config } from "./config.ts"
import type { Catalogue } from "./core/catalogue/catalogue.ts"
import type { CapacityUsage } from "./core/decision/capacity-usage.ts"
import type { Policy } from "./core/policy/policy.ts"
import type { Tracing } from "./core/problem/tracing.ts"
import type { AcceptanceCount } from "./core/propensity/smoothed-rates.ts"
import type { Release } from "./core/release/release.ts"
import type { ShopSettings } from "./core/settings/shop-settings.ts"
import type { StoredExperiment } from "./store/experiments/experiments.ts"
import type { Store } from "./store/store.ts"
import type { LoopRun } from "./work/repeat.ts"

/** Everything a verb may need, made once by `main` and passed. */
export interface Services {
  config: Config
  store: Store
  /** The live release, `null` before the first promotion; a work loop swaps it. */
  live: { current(): Release | null }
  /** The catalogue in memory, as a rule less than a second old; a work loop swaps it. */
  catalogue: {
    current(): Catalogue
    /** Time when it was last known to be current, milliseconds since the epoch; 0 before the first reading. */
    asOf(): number
  }
  /** Numbers of accepted offers by kind and channel; a work loop counts them anew about twice a minute. */
  acceptances: { current(): readonly AcceptanceCount[] }
  /** Policies and what they limit as this process knows them, at most two seconds old; a work loop reads them. */
  policies: {
    /** The policy in force of a placement. */
    of(placement: string): Policy
    capacityUsage(): CapacityUsage
    /** Every policy in force but the built-in one, with its placement and since when it is, milliseconds since the epoch. */
    all(): readonly { placement: string; policy: Policy; sinceMs: number }[]
    /** Reads once, now. */
    refresh(): Promise<void>
  }
  /** Running experiments as this process knows them, at most two seconds old; a work loop reads them. */
  experiments: {
    /** The experiment that runs on a placement. */
    at(placement: string): StoredExperiment | undefined
    /** Reads once, now. */
    refresh(): Promise<void>
  }
  /** The shop's settings as this process knows them, at most two seconds old; a work loop reads them. */
  settings: {
    current(): ShopSettings
    /** Reads once, now. */
    refresh(): Promise<void>
  }
  /** Identifiers that so many share that they are nobody's, by their keys, at most two seconds old; a work loop reads them. */
  sharedIdentifiers: {
    current(): ReadonlySet<string>
    /** Reads once, now. */
    refresh(): Promise<void>
  }
  /** Milliseconds since the epoch. */
  clock: () => number
  /** A new UUID, ordered by time (version 7). */
  newId: () => string
  log: Logger
  /** Absent where nobody collects traces. */
  tracing?: Tracing
  /** Receives each run of each background loop as it ends. */
  onLoopRun?: ((run: LoopRun) => void) | undefined
}
