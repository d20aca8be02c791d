export interface RateLimit {
  allowed: boolean
  /** The draft's fields: `RateLimit-Policy` and `RateLimit` (draft-ietf-httpapi-ratelimit-headers-10). */
  headers: { "ratelimit-policy": string; ratelimit: string }
  /** Whole seconds until one more is allowed. */
  retryAfterSeconds: number
}

export type TakeOne = (keyId: string, nowMs: number) => RateLimit

interface Bucket {
  tokens: number
  at: number
}

const policy = "key"

/**
 * A bucket of tokens a key: a second's worth at most, refilled evenly, so that no two windows meet in a double burst. Of this
 * process: with several, a key may do as much at each.
 */
export function createRateLimit(perSecond: number): TakeOne {
  const buckets = new Map<string, Bucket>()
  return (keyId, nowMs) => {
    const { tokens, at } = buckets.get(keyId) ?? { tokens: perSecond, at: nowMs }
    const filled = Math.min(perSecond, tokens + (Math.max(0, nowMs - at) / 1000) * perSecond)
    const allowed = filled >= 1
    const left = allowed ? filled - 1 : filled
    buckets.set(keyId, { tokens: left, at: nowMs })
    const untilFull = Math.ceil((perSecond - left) / perSecond)
    return {
      allowed,
      headers: {
        "ratelimit-policy": `"${policy}";q=${perSecond};w=1`,
        ratelimit: `"${policy}";r=${Math.floor(left)};t=${untilFull}`,
      },
      retryAfterSeconds: allowed ? 0 : Math.max(1, Math.ceil((1 - left) / perSecond)),
    }
  }
}
