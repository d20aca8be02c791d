import type { IncomingMessage, ServerResponse } from "node:http"
import type { Services } from "../../services.ts"

/** A 503 before anything was read, looked up or logged, so that refusing stays cheap however many there are. */
export function refuseEarly(
  request: IncomingMessage,
  response: ServerResponse,
  { newId, corsOrigins, detail }: { newId: Services["newId"]; corsOrigins: readonly string[]; detail: string },
): void {
  const requestId = newId()
  const { origin } = request.headers
  const allowed = corsOrigins.includes("*") ? "*" : corsOrigins.find((known) => known === origin)
  response.writeHead(503, {
    "content-type": "application/problem+json",
    "retry-after": "1",
    "x-request-id": requestId,
    ...(allowed !== undefined && {
      "access-control-allow-origin": allowed,
      "access-control-expose-headers": "retry-after",
    }),
  })
  const problem = { type: "about:blank", title: "Service Unavailable", status: 503, code: "unavailable" }
  response.end(JSON.stringify({ ...problem, detail, requestId }))
}
