import { createHmac } from "node:crypto"
import { request as requestHttp } from "node:http"
import { request as requestHttps } from "node:https"
import { isIP } from "node:net"
import { isLoopback } from "../core/webhooks/webhook.ts"
import { guardedLookup, type Reach, reachFault } from "./reachable-address.ts"

export interface SignedMessage {
  url: string
  messageId: string
  /** JSON. */
  body: string
  /** The secrets to sign with. */
  secrets: readonly Uint8Array[]
}

export interface PostOptions {
  /** The moment of this attempt, milliseconds since the epoch. */
  nowMs: number
  timeoutMs: number
  privateNetworks: boolean
  /** Headers beside those of every message. */
  headers?: Readonly<Record<string, string>> | undefined
}

export interface PostAnswer {
  status: number
  retryAfter: string | undefined
}

/**
 * Posts a message, signed as Standard Webhooks has it, and returns its answer; follows no redirect. Throws where the address may not
 * be reached, nobody answers there, or not in time.
 */
export function postSigned(
  { url: address, messageId, body, secrets }: SignedMessage,
  { nowMs, timeoutMs, privateNetworks, headers = {} }: PostOptions,
): Promise<PostAnswer> {
  const url = new URL(address)
  const second = Math.floor(nowMs / 1000)
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
        ...headers,
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

/** Returns `v1,` and the base64 of HMAC-SHA256 over id, second and body, for each secret. */
const signatureOf = (secrets: readonly Uint8Array[], id: string, second: number, body: string): string =>
  secrets
    .map((secret) => `v1,${createHmac("sha256", secret).update(`${id}.${second}.${body}`).digest("base64")}`)
    .join(" ")
