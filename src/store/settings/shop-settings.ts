import { sql } from "drizzle-orm"
import type { Actor } from "../../core/access/actor.ts"
import { defaultShopSettings, type ShopSettings, shopSettingsSchema } from "../../core/settings/shop-settings.ts"
import { recordAudit } from "../audit/record-audit.ts"
import type { Database } from "../database/database.ts"
import { epochMs, toTimestamp } from "../database/epoch.ts"

/** One version of the shop's settings; written once, never changed. */
export interface StoredSettings {
  /** 0: nobody has set anything. */
  version: number
  settings: ShopSettings
  /** Milliseconds since the epoch. */
  createdAt: number | null
  changedBy: string | null
}

export interface ShopSettingStore {
  current(): Promise<StoredSettings>
  /** Puts the version after `version` in force; `null` where that is not the newest any more. */
  append(settings: ShopSettings, change: { after: number; at: number; actor: Actor }): Promise<StoredSettings | null>
  /** Versions older than `before`, newest first. */
  history(before: number | null, limit: number): Promise<StoredSettings[]>
}

type Row = Omit<StoredSettings, "settings"> & { settings: unknown } & Record<string, unknown>

const nothingSet: StoredSettings = { version: 0, settings: defaultShopSettings, createdAt: null, changedBy: null }

const columns = sql`version, settings, ${epochMs("created_at")} as "createdAt", changed_by as "changedBy"`
const stored = (row: Row): StoredSettings => ({ ...row, settings: shopSettingsSchema.parse(row.settings) })

const audited = ({ version, settings }: StoredSettings) => ({ version, settings })

export function createShopSettingStore(database: Database): ShopSettingStore {
  return {
    async current() {
      const [row] = await database.execute<Row>(sql`select ${columns} from shop_settings order by version desc limit 1`)
      return row === undefined ? nothingSet : stored(row)
    },
    append: (settings, { after, at, actor }) =>
      database.transaction(async (transaction) => {
        const changedBy = actor.kind === "key" ? actor.id : null
        const [row] = await transaction.execute<Row>(sql`
          insert into shop_settings (version, settings, created_at, changed_by)
          select ${after}::int + 1, ${JSON.stringify(settings)}::jsonb, ${toTimestamp(at)}, ${changedBy}::uuid
          where ${after}::int = (select coalesce(max(version), 0) from shop_settings)
          on conflict do nothing returning ${columns}`)
        if (row === undefined) return null
        const put = stored(row)
        const [former] = await transaction.execute<Row>(
          sql`select ${columns} from shop_settings where version = ${after}`,
        )
        await recordAudit(transaction, {
          actor,
          action: "settings.put",
          subject: { kind: "settings", id: "shop" },
          before: former === undefined ? null : audited(stored(former)),
          after: audited(put),
        })
        return put
      }),
    async history(before, limit) {
      const rows = await database.execute<Row>(sql`
        select ${columns} from shop_settings where ${before}::int is null or version < ${before}::int
        order by version desc limit ${limit}`)
      return rows.map(stored)
    },
  }
}
