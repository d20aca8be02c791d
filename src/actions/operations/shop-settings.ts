import type { Actor } from "../../core/access/actor.ts"
import { ApiError } from "../../core/problem/problem.ts"
import { pageOf } from "../../core/schema/page.ts"
import type { SettingsAnswer, ShopSettings } from "../../core/settings/shop-settings.ts"
import { isoOrNull } from "../../core/time/iso-or-null.ts"
import type { Services } from "../../services.ts"
import type { StoredSettings } from "../../store/settings/shop-settings.ts"

type Tools = Pick<Services, "store" | "clock">

/** The settings in force, and who set them when. */
export const readSettings = async (services: Tools): Promise<SettingsAnswer> =>
  answerOf(await services.store.shopSettings.current())

/** Puts settings in force as a new version; throws `conflict` where another has come since `ifVersion`. */
export async function putSettings(
  services: Tools & Pick<Services, "settings">,
  { settings, ifVersion }: { settings: ShopSettings; ifVersion?: number | undefined },
  actor: Actor,
): Promise<SettingsAnswer> {
  const at = services.clock()
  const { shopSettings } = services.store
  const after = ifVersion ?? (await shopSettings.current()).version
  const put = await shopSettings.append(settings, { after, at, actor })
  if (put === null)
    throw new ApiError("conflict", "the settings were changed meanwhile; read them again, then resend the change")
  await services.settings.refresh()
  return answerOf(put)
}

/** Earlier versions, newest first. */
export async function readSettingsHistory(
  services: Tools,
  { cursor, limit }: { cursor?: number | undefined; limit: number },
): Promise<{ versions: SettingsAnswer[]; nextCursor: string | null }> {
  const found = await services.store.shopSettings.history(cursor ?? null, limit + 1)
  const { page, nextCursor } = pageOf(found, limit, ({ version }) => String(version))
  return { versions: page.map(answerOf), nextCursor }
}

const answerOf = ({ createdAt, ...stored }: StoredSettings): SettingsAnswer => ({
  ...stored,
  createdAt: isoOrNull(createdAt),
})
