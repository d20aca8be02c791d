import { createHash } from "node:crypto"
import type { Api } from "./api.ts"

export interface FixedContent {
  body: string | Uint8Array
  type: string
  /** Default: kept, but asked for again each time. */
  cacheControl?: string
  headers?: Readonly<Record<string, string>>
}

/** Answers a path with bytes that stay the same while the process runs, or with 304 to whoever has them. */
export function mountFixed(api: Api, path: string, { body, type, cacheControl, headers }: FixedContent): void {
  const bytes = Buffer.from(body)
  const etag = `"${createHash("sha256").update(bytes).digest("base64url")}"`
  const about = { ...headers, etag, "cache-control": cacheControl ?? "no-cache" }
  api.get(path, (c) =>
    isKnown(etag, c.req.header("if-none-match"))
      ? c.body(null, 304, about)
      : c.body(bytes, 200, { ...about, "content-type": type }),
  )
}

/** True if a caller has the bytes with this tag: `If-None-Match` is compared weakly (RFC 9110, 13.1.2). */
const isKnown = (etag: string, asked = ""): boolean =>
  asked.split(",").some((one) => one.trim() === "*" || one.trim().replace(/^W\//, "") === etag)
