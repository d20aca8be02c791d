import { ApiError } from "../core/problem/problem.ts"
import type { Release } from "../core/release/release.ts"
import { loadRelease } from "../store/releases/load-release.ts"
import type { Store } from "../store/store.ts"
import { type Follower, follow, type Pace } from "./follow.ts"
import type { LoopTools } from "./repeat.ts"

export interface FollowedRelease extends Follower {
  current(): Release | null
}

interface Tools extends LoopTools {
  store: Pick<Store, "releases">
}

interface FollowReleaseOptions extends Pace {
  /** Is awaited before a release is in use. */
  warm?: (release: Release) => Promise<void>
}

/** Keeps the live release in memory: reads it, checks it whole and has it warmed before one reference is swapped; an unusable one leaves the previous in use. */
export async function followRelease(
  tools: Tools,
  { pauseMs = 1000, warm = async () => {} }: FollowReleaseOptions = {},
): Promise<FollowedRelease> {
  const { store, log } = tools
  let current: Release | null = null
  let unusableId: string | null = null
  const follower = await follow(tools, { name: "follow-release", pauseMs }, async () => {
    const liveId = await store.releases.liveId()
    if (liveId === null || liveId === current?.id || liveId === unusableId) return
    const record = await store.releases.read(liveId)
    if (!record) return
    try {
      const next = await loadRelease(store.releases, record)
      await warm(next)
      current = next
      unusableId = null
      log.info({ releaseId: liveId }, "loaded release")
    } catch (error) {
      if (!(error instanceof ApiError)) throw error
      unusableId = liveId
      log.error(
        { err: error, releaseId: liveId, kept: current?.id ?? null },
        "failed to load the release; keeping the previous one",
      )
    }
  })
  return { ...follower, current: () => current }
}
