import type { Context } from "hono"
import { bodyLimit } from "hono/body-limit"
import { ApiError } from "../../core/problem/problem.ts"

type Read = () => Promise<void>

/**
 * Reads a body of at most `maxBytes`, else throws `payloadTooLarge`. A body whose length is given is as long as that, so it is
 * only looked at: to count a body that comes in chunks, hono has a web stream made of it, at a tenth of a millisecond.
 */
export function limitBody(maxBytes: number, advice = ""): (c: Context, read: Read) => Promise<unknown> {
  const refuse = (): never => {
    throw new ApiError("payloadTooLarge", `send at most ${maxBytes} bytes${advice}`)
  }
  const counting = bodyLimit({ maxSize: maxBytes, onError: refuse })
  return async (c, read) => {
    const length = c.req.header("transfer-encoding") === undefined ? c.req.header("content-length") : undefined
    if (length === undefined) return counting(c, read)
    return Number(length) <= maxBytes ? read() : refuse()
  }
}
