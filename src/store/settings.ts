import { randomBytes } from "node:crypto"
import { eq } from "drizzle-orm"
import type { Database } from "./database.ts"
import { settings } from "./schema.ts"

export interface SettingStore {
  /** The installation's 32 secret bytes: made by whoever asks first, the same for everybody after. */
  secret(): Promise<Buffer>
}

export function createSettingStore(database: Database): SettingStore {
  return {
    async secret() {
      const name = "secret"
      await database
        .insert(settings)
        .values({ name, value: randomBytes(32) })
        .onConflictDoNothing()
      const [row] = await database.select().from(settings).where(eq(settings.name, name))
      return Buffer.from(row!.value)
    },
  }
}
