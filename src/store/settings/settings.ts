import { randomBytes } from "node:crypto"
import { eq } from "drizzle-orm"
import type { Database } from "../database/database.ts"
import { settings } from "../database/schema.ts"

export interface SettingStore {
  /** The installation's 32 secret bytes: made by whoever asks first, the same for everybody after. */
  secret(): Promise<Buffer>
  /** Reads the value stored under a name; `null` if none ever was. */
  read(name: string): Promise<string | null>
  /** Remembers a value for good, unless an earlier one is; returns the one that is. */
  writeOnce(name: string, value: string): Promise<string>
}

export function createSettingStore(database: Database): SettingStore {
  const bytesOf = async (name: string): Promise<Buffer | null> => {
    const [row] = await database.select().from(settings).where(eq(settings.name, name))
    return row === undefined ? null : Buffer.from(row.value)
  }
  const keepFirst = async (name: string, value: Uint8Array): Promise<Buffer> => {
    await database.insert(settings).values({ name, value }).onConflictDoNothing()
    return (await bytesOf(name))!
  }
  return {
    secret: async () => (await bytesOf("secret")) ?? keepFirst("secret", randomBytes(32)),
    async read(name) {
      const value = await bytesOf(name)
      return value === null ? null : value.toString("utf8")
    },
    async writeOnce(name, value) {
      const kept = await keepFirst(name, Buffer.from(value))
      return kept.toString("utf8")
    },
  }
}
