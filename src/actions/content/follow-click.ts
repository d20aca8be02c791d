import { createHash } from "node:crypto"
import { isMachineRequest, type LinkRequest } from "../../core/history/machine-click.ts"
import { ApiError, isUnavailable } from "../../core/problem/problem.ts"
import type { Services } from "../../services.ts"
import { type Click, readClickToken } from "./click-token.ts"

/** Returns the decision and the target address of a link; throws `notFound` for a link that was not made here. */
export async function readClick(services: Pick<Services, "store" | "clock">, token: string): Promise<Click> {
  const click = await readClickToken(services, token)
  if (click === null)
    throw new ApiError(
      "notFound",
      "this link is not from this installation or is incomplete; use the link as it stands in the content",
    )
  return click
}

/**
 * Records a decision's click, once however often its links are followed, and what a machine follows apart; without the database it is
 * lost, as nobody is kept waiting for it.
 */
export async function recordClick(
  services: Services,
  { decisionId, address }: Click,
  request: LinkRequest,
): Promise<void> {
  const link = createHash("sha256").update(address).digest("base64url").slice(0, 12)
  const followed = { link, at: services.clock(), isMachine: isMachineRequest(request) }
  try {
    await services.store.decisions.recordClick(decisionId, followed)
  } catch (error) {
    if (!isUnavailable(error)) throw error
    services.log.warn({ decisionId }, "failed to record a click; the database cannot be reached")
  }
}
