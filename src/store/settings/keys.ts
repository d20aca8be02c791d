import { and, asc, eq, isNull, ne } from "drizzle-orm"
import type { Scope } from "../../core/access/scope.ts"
import type { Database } from "../database/database.ts"
import { keys } from "../database/schema.ts"

/** Fields of a key that may be shown; the key itself is shown once, when it is made. */
export interface KeyRecord {
  id: string
  name: string
  scope: Scope
  /** The first characters, to recognise a key by. */
  prefix: string
  createdAt: number
  revokedAt: number | null
}

interface ActiveKey {
  id: string
  name: string
  scope: Scope
  /** SHA-256 of the key. */
  hash: Uint8Array
}

export interface KeyStore {
  active(): Promise<ActiveKey[]>
  list(): Promise<KeyRecord[]>
  /** Does nothing when a key with this hash exists; tells whether the hash is that of a valid key now. */
  insert(key: Omit<KeyRecord, "revokedAt"> & { hash: Uint8Array }): Promise<{ isValid: boolean }>
  /** False when there is no such unrevoked key. */
  revoke(id: string, at: number): Promise<boolean>
  /** Revokes those of a scope and name that have another hash; returns their ids. */
  revokeOthers(kept: Pick<KeyRecord, "scope" | "name"> & { hash: Uint8Array }, at: number): Promise<string[]>
}

export function createKeyStore(database: Database): KeyStore {
  return {
    active: () =>
      database
        .select({ id: keys.id, name: keys.name, scope: keys.scope, hash: keys.hash })
        .from(keys)
        .where(isNull(keys.revokedAt)),
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
      const [known] = await database.select({ revokedAt: keys.revokedAt }).from(keys).where(eq(keys.hash, key.hash))
      return { isValid: known !== undefined && known.revokedAt === null }
    },
    async revoke(id, at) {
      const revoked = await database
        .update(keys)
        .set({ revokedAt: new Date(at) })
        .where(and(eq(keys.id, id), isNull(keys.revokedAt)))
        .returning({ id: keys.id })
      return revoked.length > 0
    },
    async revokeOthers({ scope, name, hash }, at) {
      const revoked = await database
        .update(keys)
        .set({ revokedAt: new Date(at) })
        .where(and(eq(keys.scope, scope), eq(keys.name, name), ne(keys.hash, hash), isNull(keys.revokedAt)))
        .returning({ id: keys.id })
      return revoked.map(({ id }) => id)
    },
  }
}
