import { maxAttempts, pauseAfter } from "../../core/webhooks/webhook.ts"
import { postSigned } from "../../delivery/post-signed.ts"
import type { Services } from "../../services.ts"
import type { AttemptResult, ClaimedDelivery } from "../../store/webhooks/webhooks.ts"

export interface SendOptions {
  timeoutMs: number
  privateNetworks: boolean
  /** In [0, 1): where in its range the next pause falls. */
  chance: number
}

/** One attempt to deliver, signed as Standard Webhooks has it; any 2xx acknowledges, and a redirect is not followed. */
export async function sendWebhook(
  { clock, tracing }: Pick<Services, "clock" | "tracing">,
  delivery: ClaimedDelivery,
  options: SendOptions,
): Promise<AttemptResult> {
  try {
    const { status, retryAfter } = await postSigned(delivery, {
      ...options,
      nowMs: clock(),
      headers: tracing?.headers(),
    })
    if (status >= 200 && status < 300) return { state: "delivered", status }
    if (status === 410) return { state: "dead", status, error: "the endpoint is gone", isGone: true }
    return failure(delivery, options, {
      status,
      error: `answered ${status}`,
      retryAfterMs: 1000 * Number(retryAfter ?? 0),
    })
  } catch (error) {
    return failure(delivery, options, { status: null, error: causeOf(error), retryAfterMs: 0 })
  }
}

const causeOf = (error: unknown) => (error instanceof Error ? error.message || error.name : String(error)).slice(0, 500)
const maxRetryAfterMs = 6 * 3_600_000

function failure(
  { attempts }: ClaimedDelivery,
  { chance }: SendOptions,
  { status, error, retryAfterMs }: { status: number | null; error: string; retryAfterMs: number },
): AttemptResult {
  if (attempts >= maxAttempts) return { state: "dead", status, error, isGone: false }
  const asked = retryAfterMs > 0 ? Math.min(retryAfterMs, maxRetryAfterMs) : 0
  return { state: "waiting", afterMs: Math.max(pauseAfter(attempts, chance), asked), status, error }
}
