import { segmentTypes } from "../../core/history/segment.ts"

/** Kinds of requests, each with places and a typical duration of its own, so that what hangs in one costs no other. */
export const rooms = ["question", "write", "operator"] as const
export type Room = (typeof rooms)[number]

const tracking = [...segmentTypes, ...segmentTypes.map((type) => type[0]!), "batch", "b", "m"].join("|")

/** Routes of questions and of writes as `METHOD /path`; all others are for operators and marketers. */
const patterns = {
  question:
    /^(POST \/v1\/(recommend|recommend\/page|rank|decide)|GET \/v1\/(items\/[^/]+\/similar|content\/.+|c\/.+))$/,
  write: new RegExp(
    `^(POST /v1/(${tracking}|items|offers|consents|decisions/[^/]+/(outcome|activate)|sends/[^/]+/veto)|PUT /v1/customers/[^/]+/consents/[^/]+)$`,
  ),
}

/** Returns the room of a request, from its method and its address. */
export function roomOf(method: string, url: string): Room {
  const end = url.indexOf("?")
  const route = `${method} ${end < 0 ? url : url.slice(0, end)}`
  if (patterns.question.test(route)) return "question"
  return patterns.write.test(route) ? "write" : "operator"
}
