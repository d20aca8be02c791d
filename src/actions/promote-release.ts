import { ApiError } from "../core/problem.ts"
import type { Services } from "../services.ts"
import { loadRelease } from "../store/load-release.ts"

/** Makes a release live; refuses one that this code cannot read, or, unless forced, whose own metrics lose to popularity. */
export async function promoteRelease(
  { store, clock, log }: Pick<Services, "store" | "clock" | "log">,
  releaseId: string,
  { force }: { force: boolean },
): Promise<{ releaseId: string; forced: boolean }> {
  const record = await store.releases.read(releaseId)
  if (!record) throw new ApiError("notFound", `there is no release ${releaseId}; list them with GET /v1/models`)
  await loadRelease(store.releases, record)
  const losses = lossesOf(record.manifest)
  if (losses.length > 0 && !force) {
    throw new ApiError("releaseLoses", `${losses.join("; ")}. Train on more data, or promote with force`)
  }
  await store.releases.promote(releaseId, { at: clock(), forced: losses.length > 0 })
  log.info({ releaseId, losses }, "release promoted")
  return { releaseId, forced: losses.length > 0 }
}

/** Why a release is worse than showing everybody what is popular, as sentences; empty when it is not. */
function lossesOf({ metrics }: Readonly<Record<string, unknown>>): string[] {
  const questions = Object.entries((metrics ?? {}) as Record<string, Record<string, { ndcg20?: number }>>)
  if (questions.length === 0) return ["nobody measured the release"]
  return questions.flatMap(([question, { served, popularity }]) =>
    (served?.ndcg20 ?? 0) < (popularity?.ndcg20 ?? 0)
      ? [`on ${question} its NDCG@20 of ${served?.ndcg20} is below popularity's ${popularity?.ndcg20}`]
      : [],
  )
}
