import type { Actor } from "../../core/access/actor.ts"
import { ApiError } from "../../core/problem/problem.ts"
import type { Services } from "../../services.ts"

/** Makes the previously live release live again. */
export async function rollbackRelease(
  { store, clock, log }: Pick<Services, "store" | "clock" | "log">,
  actor: Actor,
): Promise<{ releaseId: string }> {
  const releaseId = await store.releases.rollback({ at: clock(), actor })
  if (releaseId === null) throw new ApiError("conflict", "no other release was live before; promote one instead")
  log.info({ releaseId }, "rolled back release")
  return { releaseId }
}
