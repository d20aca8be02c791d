/** Every way a caller can be told no; `http/problem.ts` gives each its status, and a forgotten one does not compile. */
export const errorCodes = [
  "invalidRequest",
  "invalidJson",
  "unauthenticated",
  "forbidden",
  "customerTokenRequired",
  "invalidCustomerToken",
  "notFound",
  "methodNotAllowed",
  "conflict",
  "expired",
  "payloadTooLarge",
  "unsupportedMediaType",
  "tooManyRequests",
  "belowBaseline",
  "incompatibleArtifact",
  "unavailable",
  "internal",
] as const

export type ErrorCode = (typeof errorCodes)[number]

/** One fault in a request: `pointer` is an RFC 6901 JSON pointer into the body, or a parameter's name. */
export interface FieldError {
  pointer: string
  message: string
}

/** Error of the caller; its message says what to do next, and is shown to the caller. */
export class ApiError extends Error {
  readonly code: ErrorCode
  readonly errors: readonly FieldError[]
  readonly retryAfterSeconds: number | undefined

  constructor(
    code: ErrorCode,
    message: string,
    details: { errors?: readonly FieldError[]; retryAfterSeconds?: number; cause?: unknown } = {},
  ) {
    super(message, { cause: details.cause })
    this.name = "ApiError"
    this.code = code
    this.errors = details.errors ?? []
    this.retryAfterSeconds = details.retryAfterSeconds
  }
}

/** Returns whether an error says that the database cannot be reached. */
export const isUnavailable = (error: unknown): boolean => error instanceof ApiError && error.code === "unavailable"
