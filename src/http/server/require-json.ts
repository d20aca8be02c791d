import { createMiddleware } from "hono/factory"
import { ApiError, type FieldError } from "../../core/problem/problem.ts"
import { depthFaults, maxJsonDepth } from "../../core/schema/json-depth.ts"
import { unstorableText } from "../../core/schema/storable-text.ts"
import { limitBody } from "./body-limit.ts"
import type { ApiEnv } from "./env.ts"

const bodyMethods = new Set(["POST", "PUT", "PATCH"])

export interface BodyTerms {
  /** For what is asked by its address alone, whatever the method. */
  mayBeEmpty?: boolean
  /** True if a route that takes many documents looks for what cannot be stored in each by itself. */
  checksEach?: true
}

/** Refuses, before any handler: a body that is empty though the route has one, too large, of another type, nested too deep, or with text PostgreSQL cannot store. */
export const requireJson = (maxBodyBytes: number, { mayBeEmpty = false, checksEach }: BodyTerms = {}) => {
  const limit = limitBody(maxBodyBytes)
  return createMiddleware<ApiEnv>(async (c, next) => {
    if (/%00/.test(c.req.url)) throw new ApiError("invalidRequest", "leave NUL characters out of the address")
    if (!bodyMethods.has(c.req.method)) return next()
    await limit(c, async () => {
      const text = await c.req.text()
      if (text === "" && mayBeEmpty) return next()
      if (text === "")
        throw new ApiError("invalidRequest", "send a JSON body", { errors: [{ pointer: "", message: "empty" }] })
      if (!/^application\/json\s*(;|$)/i.test(c.req.header("content-type") ?? "")) {
        throw new ApiError("unsupportedMediaType", "send the body with content-type: application/json")
      }
      const body = parse(text)
      if (!checksEach) refuseUnusable(body, text)
      Object.assign(c.req, { json: async () => body })
      await next()
    })
  })
}

function refuseUnusable(body: unknown, text: string): void {
  const refuse = (advice: string, errors: FieldError[]) => {
    if (errors.length > 0) throw new ApiError("invalidRequest", advice, { errors })
  }
  refuse(`nest at most ${maxJsonDepth} levels of lists and objects`, depthFaults(body, ""))
  if (mayBeUnstorable.test(text)) refuse("leave NUL and unpaired surrogates out of text", unstorableText(body, ""))
}

/** Characters that JSON may only hold escaped. */
const mayBeUnstorable = /\\u(0000|d[89a-f])/i

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new ApiError("invalidJson", "send a body that parses as JSON (RFC 8259)")
  }
}
