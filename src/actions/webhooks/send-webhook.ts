import { createHmac } from "node:crypto"
import { request as requestHttp } from "node:http"
import { request as requestHttps } from "node:https"
import { isIP } from "node:net"
import { isLoopback, maxAttempts, pauseAfter } from "../../core/webhooks/webhook.ts"
import { guardedLookup, type Reach, reachFault } from "../../delivery/reachable-address.ts"
import type { Services } from "../../services.ts"
import type { AttemptResult, ClaimedDelivery } from "../../store/webhooks/webhooks.ts"

export interface SendOptions {
  timeoutMs: number
  privateNetworks: boolean
  /** In [0, 1): where in its range the next pause falls. */
  chance: number
}

interface Answer {
  status: number
  retryAfter: string | undefined
}

/** One attempt to deliver, signed as Standard Webhooks has it; any 2xx acknowledges, and a redirect is not followed. */
export async function sendWebhook(
  { clock }: Pick<Services, "clock">,
  delivery: ClaimedDelivery,
  options: SendOptions,
): Promise<AttemptResult> {
  try {
    const { status, retryAfter } = await post(delivery, Math.floor(clock() / 1000), options)
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

/** `v1,` and the base64 of HMAC-SHA256 over id, second and body, for each secret. */
const signatureOf = (secrets: readonly Uint8Array[], id: string, second: number, body: string): string =>
  secrets
    .map((secret) => `v1,${createHmac("sha256", secret).update(`${id}.${second}.${body}`).digest("base64")}`)
    .join(" ")

function post(
  { url: address, messageId, body, secrets }: ClaimedDelivery,
  second: number,
  { timeoutMs, privateNetworks }: SendOptions,
): Promise<Answer> {
  const url = new URL(address)
  const reach: Reach = { loopback: isLoopback(url.hostname), privateNetworks }
  const host = url.hostname.replace(/^\[|\]$/g, "")
  const fault = isIP(host) === 0 ? undefined : reachFault(host, reach)
  if (fault !== undefined) return Promise.reject(new Error(fault))
  const bytes = Buffer.from(body)
  return new Promise((resolve, reject) => {
    const request = (url.protocol === "https:" ? requestHttps : requestHttp)(url, {
      method: "POST",
      agent: false,
      signal: AbortSignal.timeout(timeoutMs),
      lookup: guardedLookup(reach),
      headers: {
        "content-type": "application/json",
        "content-length": bytes.length,
        "user-agent": "Beforehand",
        "webhook-id": messageId,
        "webhook-timestamp": String(second),
        "webhook-signature": signatureOf(secrets, messageId, second, body),
      },
    })
    request.on("error", reject).on("response", (response) => {
      // What it says beside the status is not read: it may be long, and slow.
      response.destroy()
      resolve({ status: response.statusCode ?? 0, retryAfter: response.headers["retry-after"] })
    })
    request.end(bytes)
  })
}
