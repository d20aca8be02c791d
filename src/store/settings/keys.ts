import { and, asc, eq, isNull, ne, type SQL } from "drizzle-orm"
import type { Actor } from "../../core/access/actor.ts"
import type { Scope } from "../../core/access/scope.ts"
import { recordAudit } from "../audit/record-audit.ts"
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

interface KeyChange {
  /** Milliseconds since the epoch. */
  at: number
  actor: Actor
}

export interface KeyStore {
  active(): Promise<ActiveKey[]>
  list(): Promise<KeyRecord[]>
  /** Does nothing when a key with this hash exists; tells whether the hash is that of a valid key now. */
  insert(key: Omit<KeyRecord, "revokedAt"> & { hash: Uint8Array }, actor: Actor): Promise<{ isValid: boolean }>
  /** False when there is no such unrevoked key. */
  revoke(id: string, change: KeyChange): Promise<boolean>
  /** Revokes those of a scope and name that have another hash; returns their ids. */
  revokeOthers(kept: Pick<KeyRecord, "scope" | "name"> & { hash: Uint8Array }, change: KeyChange): Promise<string[]>
}

export function createKeyStore(database: Database): KeyStore {
  const revoke = (which: SQL | undefined, { at, actor }: KeyChange): Promise<string[]> =>
    database.transaction(async (transaction) => {
      const revokedAt = new Date(at)
      const revoked = await transaction
        .update(keys)
        .set({ revokedAt })
        .where(and(which, isNull(keys.revokedAt)))
        .returning(shown)
      await recordAudit(
        transaction,
        ...revoked.map(({ id, name, scope }) => ({
          actor,
          action: "keys.revoke" as const,
          subject: { kind: "key" as const, id },
          before: { name, scope, revokedAt: null },
          after: { name, scope, revokedAt },
        })),
      )
      return revoked.map(({ id }) => id)
    })
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
    insert: ({ createdAt, ...key }, actor) =>
      database.transaction(async (transaction) => {
        const made = await transaction
          .insert(keys)
          .values({ ...key, createdAt: new Date(createdAt) })
          .onConflictDoNothing({ target: keys.hash })
          .returning(shown)
        await recordAudit(
          transaction,
          ...made.map(({ id, name, scope }) => ({
            actor,
            action: "keys.create" as const,
            subject: { kind: "key" as const, id },
            before: null,
            after: { name, scope },
          })),
        )
        const [known] = await transaction
          .select({ revokedAt: keys.revokedAt })
          .from(keys)
          .where(eq(keys.hash, key.hash))
        return { isValid: known !== undefined && known.revokedAt === null }
      }),
    revoke: async (id, change) => (await revoke(eq(keys.id, id), change)).length > 0,
    revokeOthers: ({ scope, name, hash }, change) =>
      revoke(and(eq(keys.scope, scope), eq(keys.name, name), ne(keys.hash, hash)), change),
  }
}

/** Columns of a key that the audit log may hold. */
const shown = { id: keys.id, name: keys.name, scope: keys.scope }
