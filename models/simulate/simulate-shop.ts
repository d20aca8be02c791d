import { makeConsents } from "./make-consents.ts"
import { narrate } from "./narrate.ts"
import { createSetting } from "./setting.ts"
import type { Shop } from "./shop.ts"
import { tellTruth } from "./tell-truth.ts"
import type { World } from "./world.ts"

/** A shop of this world, living up to `endMs` (milliseconds since the epoch); the same arguments give the same shop. */
export function simulateShop(world: World, seed: number, endMs: number): Shop {
  const setting = createSetting(world, seed, endMs)
  return {
    items: setting.catalogue.items,
    offers: setting.offers,
    consents: makeConsents(setting),
    events: () => narrate(setting),
    truth: tellTruth(setting),
  }
}
