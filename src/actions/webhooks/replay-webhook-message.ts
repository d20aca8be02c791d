import type { Actor } from "../../core/access/actor.ts"
import { ApiError } from "../../core/problem/problem.ts"
import type { Services } from "../../services.ts"

/** Sends a dead letter again, the same id and bytes, and after it what waited behind it. */
export async function replayWebhookMessage(
  services: Services,
  id: string,
  actor: Actor,
): Promise<{ replayed: number }> {
  const replayed = await services.store.webhooks.replay(id, actor)
  if (replayed === null)
    throw new ApiError(
      "notFound",
      `there is no message ${id}; GET /v1/webhooks/messages?state=dead lists what can be replayed`,
    )
  return { replayed }
}
