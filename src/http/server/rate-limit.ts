interface RateLimit {
  allowed: boolean
  /** The draft's fields: `RateLimit-Policy` and `RateLimit` (draft-ietf-httpapi-ratelimit-headers-10). */
  headers: { "ratelimit-policy": string; ratelimit: string }
  /** Whole seconds until something is allowed again. */
  retryAfterSeconds: number
}

/** Takes what a request is worth, if its key or client has anything left. */
export type Take = (id: string, nowMs: number, worth?: number) => RateLimit

interface Bucket {
  tokens: number
  at: number
}

/** Clients are many: the bucket that was longest unused makes room, which by then is full in all but an attack. */
const maxBuckets = 20_000

/**
 * A bucket of tokens a key or client: a second's worth at most, refilled evenly, so that no two windows meet in a double burst. What is
 * worth more than is left is still taken, and paid for before the next. Of this process: with several, each may do as much at each.
 */
export function createRateLimit(perSecond: number, policy: "key" | "client" = "key"): Take {
  const buckets = new Map<string, Bucket>()
  return (id, nowMs, worth = 1) => {
    const { tokens, at } = buckets.get(id) ?? { tokens: perSecond, at: nowMs }
    const filled = Math.min(perSecond, tokens + (Math.max(0, nowMs - at) / 1000) * perSecond)
    const allowed = filled >= 1 || worth === 0
    const left = allowed ? filled - worth : filled
    buckets.delete(id)
    buckets.set(id, { tokens: left, at: nowMs })
    if (buckets.size > maxBuckets) buckets.delete(buckets.keys().next().value!)
    const untilFull = Math.ceil((perSecond - left) / perSecond)
    return {
      allowed,
      headers: {
        "ratelimit-policy": `"${policy}";q=${perSecond};w=1`,
        ratelimit: `"${policy}";r=${Math.max(0, Math.floor(left))};t=${untilFull}`,
      },
      retryAfterSeconds: allowed ? 0 : Math.max(1, Math.ceil((1 - left) / perSecond)),
    }
  }
}
