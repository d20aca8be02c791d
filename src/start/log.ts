import pino, { type DestinationStream, type Logger } from "pino"

interface LoggedError {
  type: string
  message: string
  stack: string
  code?: string
  query?: string
  cause?: LoggedError
}

const stackLines = (stack = "") => stack.split("\n").filter((line) => line.startsWith("    at "))

/** Returns an error's message, or less where the message may quote what somebody sent or what a row holds. */
function quotelessMessage(error: Error): string {
  if (typeof (error as { query?: unknown }).query === "string") return "a query failed"
  return error instanceof SyntaxError ? "a text does not parse" : error.message
}

/** An error without whom it concerned: a query is logged as it was written, its parameters and the rows it met are not. */
function loggedError(error: unknown): LoggedError {
  if (!(error instanceof Error)) return { type: typeof error, message: String(error), stack: "" }
  const { code, query } = error as { code?: unknown; query?: unknown }
  return {
    type: error.name,
    message: quotelessMessage(error),
    stack: stackLines(error.stack).join("\n"),
    ...(typeof code === "string" && { code }),
    ...(typeof query === "string" && { query }),
    ...(error.cause !== undefined && { cause: loggedError(error.cause) }),
  }
}

/** A write a line is a thirtieth of a recommendation; lines wait for one another, but not for long. */
const behind = { sync: false, minLength: 4096, periodicFlush: 100 }

/** Structured logs, one JSON object a line. */
export const createLog = (
  level: string,
  destination: DestinationStream = pino.destination({ dest: 2, ...behind }),
): Logger => pino({ level, serializers: { err: loggedError, error: loggedError } }, destination)
