import { createHash } from "node:crypto"
import { and, asc, desc, eq, max, sql } from "drizzle-orm"
import type { Actor } from "../../core/access/actor.ts"
import { ApiError } from "../../core/problem/problem.ts"
import { manifestWithCurrentNames } from "../../core/release/former-names.ts"
import { recordAudit } from "../audit/record-audit.ts"
import type { Database } from "../database/database.ts"
import { toTimestamp } from "../database/epoch.ts"
import { artifactChunks, artifacts, promotions, releases } from "../database/schema.ts"

/** JSON that says how something was made. */
export type Manifest = Readonly<Record<string, unknown>>

interface ArtifactRecord {
  id: string
  model: string
  manifest: Manifest
  /** In safetensors format. */
  bytes: Uint8Array
  /** SHA-256 of the bytes, in hexadecimal. */
  digest: string
}

/** One artifact id per model that go live together. */
export interface ReleaseRecord {
  id: string
  artifacts: Readonly<Record<string, string>>
  manifest: Manifest
  /** Milliseconds since the epoch. */
  createdAt: number
}

export interface ReleaseStore {
  saveArtifact(artifact: Omit<ArtifactRecord, "digest"> & { at: number }): Promise<void>
  /** Throws `incompatibleArtifact` when the bytes are not those that were saved. */
  readArtifact(artifactId: string): Promise<ArtifactRecord>
  save(release: ReleaseRecord, actor: Actor): Promise<void>
  read(releaseId: string): Promise<ReleaseRecord | null>
  /** Newest first. */
  list(): Promise<ReleaseRecord[]>
  /** Returns when the newest was made, live or not, milliseconds since the epoch. */
  newestAt(): Promise<number | null>
  liveId(): Promise<string | null>
  promote(releaseId: string, how: { at: number; forced: boolean; actor: Actor }): Promise<void>
  /** Makes the release live that was so before the live one; `null` when there is none. */
  rollback(how: { at: number; actor: Actor }): Promise<string | null>
  /**
   * Deletes releases made before a moment that were not live since another, with their artifacts and evaluations, and what was
   * saved before and belongs to no release. The live release and the one a rollback leads to stay. Returns how many releases went.
   */
  deleteExpired(moments: { madeBeforeMs: number; liveBeforeMs: number }): Promise<number>
}

const chunkBytes = 2 ** 20

export function createReleaseStore(database: Database): ReleaseStore {
  return {
    async saveArtifact({ id, model, manifest, bytes, at }) {
      const digest = sha256(bytes)
      await database.transaction(async (transaction) => {
        const row = { id, model, manifest, digest, byteLength: bytes.length, createdAt: new Date(at) }
        await transaction.insert(artifacts).values(row)
        for (let start = 0; start < bytes.length; start += chunkBytes) {
          const chunk = bytes.subarray(start, start + chunkBytes)
          await transaction
            .insert(artifactChunks)
            .values({ artifactId: id, sequence: start / chunkBytes, bytes: Buffer.from(chunk) })
        }
      })
    },

    async readArtifact(artifactId) {
      const [artifact] = await database.select().from(artifacts).where(eq(artifacts.id, artifactId))
      if (!artifact)
        throw new ApiError("incompatibleArtifact", `artifact ${artifactId} is missing: train or import again`)
      const bytes = Buffer.alloc(artifact.byteLength)
      const hash = createHash("sha256")
      let read = 0
      // A chunk at a time, because requests wait while one is copied and hashed.
      for (let sequence = 0; read < artifact.byteLength; sequence++) {
        const [chunk] = await database
          .select({ bytes: artifactChunks.bytes })
          .from(artifactChunks)
          .where(and(eq(artifactChunks.artifactId, artifactId), eq(artifactChunks.sequence, sequence)))
        if (chunk === undefined) break
        bytes.set(chunk.bytes.subarray(0, artifact.byteLength - read), read)
        hash.update(chunk.bytes)
        read += chunk.bytes.length
      }
      if (read !== artifact.byteLength || hash.digest("hex") !== artifact.digest) {
        throw new ApiError("incompatibleArtifact", `artifact ${artifactId} is damaged: train or import again`)
      }
      const { model, digest } = artifact
      return { id: artifactId, model, manifest: manifestWithCurrentNames(artifact.manifest), bytes, digest }
    },

    save: ({ id, artifacts, manifest, createdAt }, actor) =>
      database.transaction(async (transaction) => {
        await transaction.insert(releases).values({ id, artifacts, manifest, createdAt: new Date(createdAt) })
        await recordAudit(transaction, {
          actor,
          action: "models.create",
          subject: { kind: "release", id },
          before: null,
          after: { artifacts },
        })
      }),

    async read(releaseId) {
      const [row] = await database.select().from(releases).where(eq(releases.id, releaseId))
      return row ? toRecord(row) : null
    },

    async list() {
      const rows = await database.select().from(releases).orderBy(desc(releases.createdAt), desc(releases.id))
      return rows.map(toRecord)
    },

    async newestAt() {
      const [row] = await database.select({ at: max(releases.createdAt) }).from(releases)
      return row?.at?.getTime() ?? null
    },

    liveId: () => readLiveId(database),

    promote: (releaseId, { at, forced, actor }) =>
      database.transaction(async (transaction) => {
        await transaction.execute(sql`lock table promotions in share row exclusive mode`)
        const former = await readLiveId(transaction)
        await transaction.insert(promotions).values({ releaseId, at: new Date(at), forced, rollback: false })
        await recordAudit(transaction, {
          actor,
          action: "models.promote",
          subject: { kind: "release", id: releaseId },
          before: { live: former },
          after: { live: releaseId, forced },
        })
      }),

    rollback: ({ at, actor }) =>
      database.transaction(async (transaction) => {
        await transaction.execute(sql`lock table promotions in share row exclusive mode`)
        const live = liveReleases(await readPromotions(transaction))
        const previous = live.at(-2)
        if (previous === undefined) return null
        const row = { releaseId: previous, at: new Date(at), forced: false, rollback: true }
        await transaction.insert(promotions).values(row)
        await recordAudit(transaction, {
          actor,
          action: "models.rollBack",
          subject: { kind: "release", id: previous },
          before: { live: live.at(-1) },
          after: { live: previous },
        })
        return previous
      }),

    deleteExpired: ({ madeBeforeMs, liveBeforeMs }) =>
      database.transaction(async (transaction) => {
        await transaction.execute(sql`lock table promotions in share row exclusive mode`)
        const rows = await readPromotions(transaction)
        const recentlyLive = rows.filter(
          (_, n) => (rows[n + 1]?.at.getTime() ?? Number.POSITIVE_INFINITY) >= liveBeforeMs,
        )
        const kept = JSON.stringify([
          ...liveReleases(rows).slice(-2),
          ...recentlyLive.map(({ releaseId }) => releaseId),
        ])
        const made = toTimestamp(madeBeforeMs)
        const deleted = await transaction.execute(sql`
          delete from releases where created_at < ${made} and not ${kept}::jsonb ? id::text
            and (created_at < ${toTimestamp(liveBeforeMs)}
              or not exists (select from promotions where release_id = releases.id))
          returning 1`)
        await transaction.execute(sql`
          delete from evaluations where created_at < ${made}
            and not exists (select from releases where releases.id = evaluations.release_id)`)
        await transaction.execute(sql`
          with gone as (
            delete from artifacts where created_at < ${made} and not exists (
              select from releases, jsonb_each_text(releases.artifacts) as own(model, artifact_id)
              where artifact_id = artifacts.id::text)
            returning id
          )
          delete from artifact_chunks using gone where artifact_id = gone.id`)
        return deleted.length
      }),
  }
}

async function readLiveId(transaction: Pick<Database, "select">): Promise<string | null> {
  const [newest] = await transaction.select().from(promotions).orderBy(desc(promotions.sequence)).limit(1)
  return newest?.releaseId ?? null
}

/** Promotions of releases that still exist, oldest first. */
const readPromotions = (transaction: Pick<Database, "select">) =>
  transaction
    .select({ releaseId: promotions.releaseId, rollback: promotions.rollback, at: promotions.at })
    .from(promotions)
    .innerJoin(releases, eq(releases.id, promotions.releaseId))
    .orderBy(asc(promotions.sequence))

/** The releases that were live and not rolled back, oldest first; the last is live. */
function liveReleases(rows: readonly { releaseId: string; rollback: boolean }[]): string[] {
  const live: string[] = []
  for (const { releaseId, rollback } of rows) {
    if (rollback) live.pop()
    else if (live.at(-1) !== releaseId) live.push(releaseId)
  }
  return live
}

const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex")

const toRecord = (row: typeof releases.$inferSelect): ReleaseRecord => ({
  id: row.id,
  artifacts: row.artifacts,
  manifest: manifestWithCurrentNames(row.manifest),
  createdAt: row.createdAt.getTime(),
})
