import { ApiError } from "../core/problem/problem.ts"
import type { Release } from "../core/release/release.ts"
import type { Services } from "../services.ts"
import { loadRelease } from "../store/releases/load-release.ts"
import { type Loop, repeat } from "./repeat.ts"

export interface FollowedRelease extends Loop {
  current(): Release | null
  /** Looks once, now; resolves when the live release is in use or was found unusable. */
  refresh(): Promise<void>
}

/** Keeps the live release in memory: reads it, checks it whole and has it warmed before one reference is swapped; an unusable one leaves the previous in use. */
export async function followRelease(
  { store, log }: Pick<Services, "store" | "log">,
  { pauseMs = 1000, warm = async () => {} }: { pauseMs?: number; warm?: (release: Release) => Promise<void> } = {},
): Promise<FollowedRelease> {
  let current: Release | null = null
  let unusableId: string | null = null

  const look = async () => {
    const liveId = await store.releases.liveId()
    if (liveId === null || liveId === current?.id || liveId === unusableId) return
    const record = await store.releases.read(liveId)
    if (!record) return
    try {
      const next = await loadRelease(store.releases, record)
      await warm(next)
      current = next
      unusableId = null
      log.info({ releaseId: liveId }, "release in use")
    } catch (error) {
      if (!(error instanceof ApiError)) throw error
      unusableId = liveId
      log.error(
        { err: error, releaseId: liveId, kept: current?.id ?? null },
        "release unusable; the previous one stays",
      )
    }
  }

  let underWay = Promise.resolve()
  const refresh = () => {
    const turn = underWay.then(look)
    underWay = turn.catch(() => {})
    return turn
  }
  await refresh()
  const loop = repeat("follow-release", pauseMs, log, refresh)
  return { current: () => current, refresh, stop: loop.stop }
}
