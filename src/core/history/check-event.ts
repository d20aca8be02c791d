import { identifierValueSchema } from "../customer/identifier.ts"
import { isTooDeep, maxJsonDepth } from "../schema/json-depth.ts"
import { greatestAmount } from "../schema/money.ts"
import { clockToleranceMs } from "../time/reported-time.ts"
import type { IncomingEvent } from "./event.ts"
import { maxQuantity } from "./product-lines.ts"
import { isSendEvent } from "./send-events.ts"

export const maxEventBytes = 32 * 1024
export const tooDeepEvent = `an event must nest at most ${maxJsonDepth} levels of lists and objects`
const maxLines = 10_000
const endOfTime = Date.UTC(9999, 11, 31)
// A NUL or half a surrogate pair, as `JSON.stringify` escapes it: valid in JSON, but in no PostgreSQL text.
const unstorable = /(?<!\\)(?:\\\\)*\\u(?:0000|d[89a-f][0-9a-f]{2})/

/** Returns why an event cannot be recorded, in words for its sender; `undefined` when it can. */
export function validationError(event: IncomingEvent): string | undefined {
  const { messageId, at, name, lines, properties, identifiers, previousId, traits } = event
  if (messageId.length < 1 || messageId.length > 255) return "messageId must have 1 to 255 characters"
  if (!(at >= 0 && at <= endOfTime)) return "timestamp must be a time between 1970 and 9999"
  if (name.length < 1 || name.length > 200) return "event must be a name of 1 to 200 characters"
  if (isSendEvent(name)) return "what becomes of a send is said by POST /v1/sends/{id}/{state}"
  if (identifiers.length === 0) return "name the customer by userId or anonymousId"
  if (identifiers.length > 10) return "at most 10 identifiers in an event"
  for (const value of [
    ...identifiers.map((identifier) => identifier.value),
    ...(previousId === undefined ? [] : [previousId]),
  ])
    if (!identifierValueSchema.safeParse(value).success) return "an identifier must have 1 to 255 characters"
  if (lines.length > maxLines) return `at most ${maxLines} products in an event`
  for (const { itemId, quantity, price } of lines) {
    if (itemId.length < 1 || itemId.length > 200) return "a product id must have 1 to 200 characters"
    if (!(quantity > 0 && quantity < maxQuantity)) return `a quantity must be above 0 and below ${maxQuantity}`
    if (price !== undefined && !(Math.abs(price) <= greatestAmount))
      return `a price must be a number up to ${greatestAmount}`
  }
  if (isTooDeep(properties) || isTooDeep(traits)) return tooDeepEvent
  const json = JSON.stringify([messageId, name, identifiers, previousId, traits, properties])
  if (json.length > 2 * maxEventBytes) return `an event must not exceed ${maxEventBytes} bytes`
  if (unstorable.test(json) || lines.some(({ itemId }) => unstorable.test(JSON.stringify(itemId))))
    return "text must not contain NUL characters or half surrogate pairs"
  return undefined
}

/** Returns why an event cannot have happened yet, in words for its sender; `undefined` when it can. */
export const futureTimeError = ({ at }: Pick<IncomingEvent, "at">, nowMs: number): string | undefined =>
  at > nowMs + clockToleranceMs
    ? `the event's time ${new Date(Math.min(at, endOfTime)).toISOString()} must not be in the future; send the time at which it happened`
    : undefined
