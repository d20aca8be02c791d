import pino from "pino"
import { parseConfig } from "../../src/config.ts"
import { emptyCatalogue } from "../../src/core/catalogue/catalogue.ts"
import { defaultPolicy } from "../../src/core/policy/policy.ts"
import { defaultShopSettings } from "../../src/core/settings/shop-settings.ts"
import type { Services } from "../../src/services.ts"
import { newId } from "../../src/start/new-id.ts"
import type { Store } from "../../src/store/store.ts"

/** Services on a real store of a shop that has set nothing yet: no release, no catalogue in memory, the built-in policy. */
export const plainServices = (store: Store, clock: () => number): Services => ({
  config: parseConfig({ HOLDOUT_SHARE: "0" }),
  store,
  live: { current: () => null },
  catalogue: { current: () => emptyCatalogue, asOf: () => 0 },
  acceptances: { current: () => [] },
  policies: { of: () => defaultPolicy, capacityUsage: () => new Map(), all: () => [], refresh: async () => {} },
  experiments: { at: () => undefined, refresh: async () => {} },
  sharedIdentifiers: { current: () => new Set(), refresh: async () => {} },
  settings: { current: () => defaultShopSettings, refresh: async () => {} },
  clock,
  newId,
  log: pino({ level: "silent" }),
})
