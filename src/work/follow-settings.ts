import type { Logger } from "pino"
import type { ShopSettings } from "../core/settings/shop-settings.ts"
import type { Store } from "../store/store.ts"
import { type Loop, repeat } from "./repeat.ts"

const pauseMs = 1000

export interface FollowedSettings extends Loop {
  current(): ShopSettings
  refresh(): Promise<void>
}

/** Keeps the shop's settings in memory, at most about a second old. */
export async function followSettings({
  store,
  log,
}: {
  store: Pick<Store, "shopSettings">
  log: Logger
}): Promise<FollowedSettings> {
  let { settings } = await store.shopSettings.current()
  const refresh = async () => {
    settings = (await store.shopSettings.current()).settings
  }
  const loop = repeat("follow-settings", pauseMs, log, refresh)
  return { current: () => settings, refresh, stop: loop.stop }
}
