import type { Release } from "../core/preference/release.ts"
import type { Services } from "../services.ts"
import { loadRelease } from "../store/load-release.ts"

export interface FollowedRelease {
  current(): Release | null
  /** Looks once, now; resolves when the live release is in use or found unreadable. */
  refresh(): Promise<void>
  stop(): void
}

/** Keeps the live release in memory: looks at once and every `intervalMs`, verifies before it swaps one reference. */
export async function followRelease(
  { store, log }: Pick<Services, "store" | "log">,
  { intervalMs = 1000 }: { intervalMs?: number } = {},
): Promise<FollowedRelease> {
  let current: Release | null = null
  let refusedId: string | null = null

  const look = async () => {
    const liveId = await store.releases.liveId()
    if (liveId === null || liveId === current?.id || liveId === refusedId) return
    const record = await store.releases.read(liveId)
    if (!record) return
    try {
      current = await loadRelease(store.releases, record)
      refusedId = null
      log.info({ releaseId: liveId }, "release in use")
    } catch (error) {
      if (isAboutArtifact(error)) refusedId = liveId
      log.error({ error, releaseId: liveId, kept: current?.id ?? null }, "release not usable; the previous one stays")
    }
  }

  let underWay = Promise.resolve()
  const refresh = () => {
    underWay = underWay.then(look).catch((error: unknown) => log.warn({ error }, "live release unknown"))
    return underWay
  }
  await refresh()
  const timer = setInterval(refresh, intervalMs)
  timer.unref()
  return { current: () => current, refresh, stop: () => clearInterval(timer) }
}

const isAboutArtifact = (error: unknown): boolean =>
  error instanceof Error && "code" in error && error.code === "incompatibleArtifact"
