import type { ShopSettings } from "../core/settings/shop-settings.ts"
import type { Store } from "../store/store.ts"
import { type Follower, follow, type Pace } from "./follow.ts"
import type { LoopTools } from "./repeat.ts"

export interface FollowedSettings extends Follower {
  current(): ShopSettings
}

interface Tools extends LoopTools {
  store: Pick<Store, "shopSettings">
}

/** Keeps the shop's settings in memory, at most about a second old. */
export async function followSettings(tools: Tools, { pauseMs = 1000 }: Pace = {}): Promise<FollowedSettings> {
  let settings: ShopSettings
  const follower = await follow(tools, { name: "follow-settings", pauseMs }, async () => {
    settings = (await tools.store.shopSettings.current()).settings
  })
  return { ...follower, current: () => settings }
}
