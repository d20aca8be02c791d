import { STATUS_CODES } from "node:http"
import { z } from "@hono/zod-openapi"
import type { Context } from "hono"
import { HTTPException } from "hono/http-exception"
import type { ContentfulStatusCode } from "hono/utils/http-status"
import type { core } from "zod"
import { isConnectionLoss } from "../../core/problem/database-reason.ts"
import { fieldErrorsAt, pointedErrors } from "../../core/problem/field-errors.ts"
import { ApiError, type ErrorCode, errorCodes, type FieldError } from "../../core/problem/problem.ts"
import { isUnusableValue } from "../../core/schema/unusable-value.ts"
import type { ApiEnv } from "./env.ts"
import { logRefusal } from "./log-refusals.ts"

const statuses = {
  invalidRequest: 400,
  invalidJson: 400,
  unauthenticated: 401,
  forbidden: 403,
  customerTokenRequired: 403,
  invalidCustomerToken: 403,
  notFound: 404,
  methodNotAllowed: 405,
  conflict: 409,
  belowBaseline: 409,
  expired: 410,
  payloadTooLarge: 413,
  unsupportedMediaType: 415,
  incompatibleArtifact: 422,
  internal: 500,
  tooManyRequests: 429,
  unavailable: 503,
} satisfies Record<ErrorCode, ContentfulStatusCode>

/** RFC 9457; the type stays `about:blank`, so the title is that of the status, and `code` says which problem it is. */
export const problemSchema = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.number().int(),
    code: z.enum(errorCodes),
    detail: z.string(),
    requestId: z.string(),
    errors: z
      .array(z.object({ pointer: z.string(), message: z.string() }))
      .optional()
      .meta({ description: "`pointer` is a JSON pointer into the body, or the name of a parameter." }),
  })
  .meta({ id: "Problem" })

/** Any error as the answer its caller may see: what we did wrong is logged, never echoed. */
export function answerProblem(error: Error, c: Context<ApiEnv>): Response {
  const fault = asApiError(error)
  const status = statuses[fault.code]
  const { log } = c.var.services
  if (status === 503) logRefusal(log, { status, reason: fault.message, err: error })
  else if (status === 429) logRefusal(log, { status, reason: fault.message })
  else if (status >= 500) log.error({ err: error, requestId: c.var.requestId }, "request failed")
  const headers: Record<string, string> = { "content-type": "application/problem+json" }
  if (status === 401) headers["www-authenticate"] = 'Bearer realm="beforehand"'
  const { retryAfterSeconds, message: detail, errors } = fault
  if (retryAfterSeconds !== undefined) headers["retry-after"] = String(retryAfterSeconds)
  const title = STATUS_CODES[status] ?? "Error"
  const problem = { type: "about:blank", title, status, code: fault.code, detail, requestId: c.var.requestId }
  return c.body(JSON.stringify(errors.length > 0 ? { ...problem, errors } : problem), status, headers)
}

function asApiError(error: Error): ApiError {
  if (error instanceof ApiError) return error
  if (error instanceof HTTPException && error.status === 415) {
    return new ApiError("unsupportedMediaType", "send the body with content-type: application/json")
  }
  if (error instanceof HTTPException && error.status === 400) {
    return new ApiError("invalidJson", "send a body that parses as JSON (RFC 8259)")
  }
  if (isConnectionLoss(error)) {
    return new ApiError("unavailable", "the database cannot be reached; try again in a second", {
      retryAfterSeconds: 1,
    })
  }
  if (isUnusableValue(error)) {
    return new ApiError(
      "invalidRequest",
      "correct the request: a value is not a valid id, not a number in range, or text that cannot be stored",
    )
  }
  return new ApiError("internal", "try again; if it persists, tell the operator the request id")
}

/** Zod's faults as field errors: JSON pointers into a body, else a parameter's name. */
export const fieldErrors = (issues: readonly core.$ZodIssue[], target: string): FieldError[] =>
  target === "json" ? pointedErrors(issues, "") : fieldErrorsAt(issues, (path) => path.map(String).join("."))
