import { ApiError } from "../core/problem.ts"
import type { Services } from "../services.ts"
import { askStore, isUnavailable } from "./ask-store.ts"
import { type Click, readClickToken } from "./click-token.ts"

/** Where a link of a mail leads, and whose click it is. */
export async function readClick(services: Pick<Services, "store" | "clock">, token: string): Promise<Click> {
  const click = await readClickToken(services, token)
  if (click === null) throw new ApiError("notFound", "this link was not made here, or was cut short")
  return click
}

/** Records a decision's click, once however often its links are followed; without the database it is lost, as nobody is kept waiting for it. */
export async function recordClick(services: Services, { decisionId }: Click): Promise<void> {
  const { clock, log } = services
  const nowMs = clock()
  const outcome = { messageId: `click ${decisionId}`, outcome: "click", reportedAt: nowMs, value: null } as const
  try {
    await askStore(services, (store) => store.decisions.recordOutcome(decisionId, outcome, nowMs))
  } catch (error) {
    if (!isUnavailable(error)) throw error
    log.warn({ decisionId }, "a click is lost: the database cannot be reached")
  }
}
