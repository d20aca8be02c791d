import { promisify } from "node:util"
import { gunzip } from "node:zlib"
import { createMiddleware } from "hono/factory"
import { ApiError } from "../../core/problem/problem.ts"
import { limitBody } from "./body-limit.ts"
import type { ApiEnv } from "./env.ts"

const advice = ", or fewer events at a time"
const unzip = promisify(gunzip)

/** Content types of trackers' JSON: browsers say `text/plain` to avoid a preflight, HTTP clients given bytes say a form or a stream. */
const trackerTypes =
  /^(application\/json|text\/plain|application\/x-www-form-urlencoded|application\/octet-stream)\s*(;|$)/i

/** Makes a tracker's body plain JSON for the route: gunzipped, at most `maxBytes` either way, whatever type it was sent as. */
export function trackingBody(maxBytes: number) {
  const limit = limitBody(maxBytes, advice)
  return createMiddleware<ApiEnv>(async (c, next) => {
    await limit(c, async () => {
      const type = c.req.header("content-type") ?? ""
      if (type !== "" && !trackerTypes.test(type))
        throw new ApiError("unsupportedMediaType", "send the body with content-type: application/json")
      const sent = Buffer.from(await c.req.arrayBuffer())
      const body = await decode(sent, c.req.header("content-encoding"), maxBytes)
      if (body.length === 0)
        throw new ApiError("invalidRequest", "send a JSON body", { errors: [{ pointer: "", message: "empty" }] })
      const isPlainJson = body === sent && /^application\/json/i.test(type)
      if (isPlainJson) return next()
      c.req.raw = new Request(c.req.url, {
        method: c.req.method,
        headers: { ...c.req.header(), "content-type": "application/json" },
        body,
      })
      c.req.bodyCache = {}
      await next()
    })
  })
}

async function decode(sent: Buffer, encoding: string | undefined, maxBytes: number): Promise<Buffer> {
  if (encoding === undefined || encoding === "identity") return sent
  if (encoding !== "gzip") throw new ApiError("unsupportedMediaType", "compress the body with gzip or not at all")
  try {
    return await unzip(sent, { maxOutputLength: maxBytes })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ERR_BUFFER_TOO_LARGE") return refuse(maxBytes)
    throw new ApiError("invalidRequest", "the body is not valid gzip; send valid gzip, or leave out content-encoding")
  }
}

function refuse(maxBytes: number): never {
  throw new ApiError("payloadTooLarge", `send at most ${maxBytes} bytes${advice}`)
}
