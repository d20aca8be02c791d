import { and, asc, eq, isNull } from "drizzle-orm"
import type { Scope } from "../core/scope.ts"
import type { Database } from "./database.ts"
import { keys } from "./schema.ts"

/** What may be shown of a key; the key itself is shown once, when it is made. */
export interface KeyRecord {
  id: string
  name: string
  scope: Scope
  /** The first characters, to recognise a key by. */
  prefix: string
  createdAt: number
  revokedAt: number | null
}

export interface ActiveKey {
  id: string
  scope: Scope
  /** SHA-256 of the key. */
  hash: Uint8Array
}

export interface KeyStore {
  active(): Promise<ActiveKey[]>
  list(): Promise<KeyRecord[]>
  /** Does nothing when a key with this hash exists. */
  insert(key: Omit<KeyRecord, "revokedAt"> & { hash: Uint8Array }): Promise<void>
  /** False when there is no such unrevoked key. */
  revoke(id: string, at: number): Promise<boolean>
}

export function createKeyStore(database: Database): KeyStore {
  return {
    active: () =>
      database.select({ id: keys.id, scope: keys.scope, hash: keys.hash }).from(keys).where(isNull(keys.revokedAt)),
    async list() {
      const rows = await database.select().from(keys).orderBy(asc(keys.createdAt), asc(keys.id))
      return rows.map(({ hash: _, createdAt, revokedAt, ...key }) => ({
        ...key,
        createdAt: createdAt.getTime(),
        revokedAt: revokedAt?.getTime() ?? null,
      }))
    },
    async insert({ createdAt, ...key }) {
      await database
        .insert(keys)
        .values({ ...key, createdAt: new Date(createdAt) })
        .onConflictDoNothing({ target: keys.hash })
    },
    async revoke(id, at) {
      const revoked = await database
        .update(keys)
        .set({ revokedAt: new Date(at) })
        .where(and(eq(keys.id, id), isNull(keys.revokedAt)))
        .returning({ id: keys.id })
      return revoked.length > 0
    },
  }
}
