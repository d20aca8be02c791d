import type { IncomingEvent } from "../history/event.ts"
import type { Identifier } from "./identifier.ts"
import { isPlaceholder } from "./placeholder.ts"

type Naming = Pick<IncomingEvent, "identifiers" | "previousId">

/** An event without what identifies nobody, and a sentence for its sender where there was such a thing. */
export function withUsableIdentifiers<T extends Naming>(event: T): { event: T; note?: string } {
  const unusable = event.identifiers.filter(isPlaceholder)
  const { previousId, ...rest } = event
  const isPreviousUnusable = previousId !== undefined && isPlaceholder({ type: "userId", value: previousId })
  if (unusable.length === 0 && !isPreviousUnusable) return { event }
  const names = [...unusable.map(shown), ...(isPreviousUnusable ? [`previousId ${quoted(previousId)}`] : [])]
  return {
    event: {
      ...(isPreviousUnusable ? (rest as T) : event),
      identifiers: event.identifiers.filter((identifier) => !isPlaceholder(identifier)),
    },
    note: `${names.join(", ")} identifies nobody: it stands where no value was known, so it was left out`,
  }
}

/** What to tell somebody who asks for a customer by a placeholder. */
export const placeholderAdvice = (identifier: Identifier) =>
  `${shown(identifier)} identifies nobody; send the customer's own id, or the anonymousId of their device`

const shown = ({ type, value }: Identifier) => `${type} ${quoted(value)}`
const quoted = (value: string) => JSON.stringify(value.slice(0, 40))
