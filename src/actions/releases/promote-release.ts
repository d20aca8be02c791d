import { z } from "zod"
import type { Actor } from "../../core/access/actor.ts"
import { ApiError } from "../../core/problem/problem.ts"
import type { Services } from "../../services.ts"
import { loadRelease } from "../../store/releases/load-release.ts"
import type { Manifest } from "../../store/releases/releases.ts"

/** Makes a release live; refuses one that this code cannot read, or, unless forced, whose own metrics do not beat popularity. */
export async function promoteRelease(
  { store, clock, log }: Pick<Services, "store" | "clock" | "log">,
  releaseId: string,
  { force, actor }: { force: boolean; actor: Actor },
): Promise<{ releaseId: string; forced: boolean }> {
  const record = await store.releases.read(releaseId)
  if (!record)
    throw new ApiError(
      "notFound",
      `there is no release ${releaseId}; list them with: beforehand releases, or GET /v1/models`,
    )
  await loadRelease(store.releases, record)
  const losses = lossesOf(record.manifest)
  if (losses.length > 0 && !force) {
    throw new ApiError(
      "belowBaseline",
      `${losses.join("; ")}. Train on more data, or promote it all the same with --force (over HTTP: force)`,
    )
  }
  await store.releases.promote(releaseId, { at: clock(), forced: losses.length > 0, actor })
  log.info({ releaseId, losses }, "promoted release")
  return { releaseId, forced: losses.length > 0 }
}

const qualitySchema = z.object({ ndcg20: z.number() })
const metricsSchema = z.record(z.string(), z.object({ served: qualitySchema, popularity: qualitySchema }))

/** Lists, as sentences, the metrics on which a release does not beat popularity or is not measured; empty if none. */
function lossesOf({ metrics }: Manifest): string[] {
  const parsed = metricsSchema.safeParse(metrics)
  if (!parsed.success) return ["nobody measured the release"]
  const questions = Object.entries(parsed.data)
  if (questions.every(([, { served, popularity }]) => served.ndcg20 === 0 && popularity.ndcg20 === 0)) {
    return ["too few purchases in the test window to measure the release"]
  }
  return questions.flatMap(([question, { served, popularity }]) =>
    served.ndcg20 < popularity.ndcg20
      ? [
          `on ${question} its NDCG@20 of ${served.ndcg20.toFixed(4)} is below popularity's ${popularity.ndcg20.toFixed(4)}`,
        ]
      : [],
  )
}
