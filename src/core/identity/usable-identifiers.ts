import { type Identifier, identifierKey, normalizeIdentifier } from "../customer/identifier.ts"
import { type Country, readPhone } from "../customer/phone.ts"
import { isPlaceholder } from "../customer/placeholder.ts"
import type { IncomingEvent } from "../history/event.ts"

/** Rules for whom an identifier may point at. */
export interface IdentifierRules {
  /** Country of phone numbers without a country code. */
  country: Country
  /** Keys of identifiers that many share. */
  shared: ReadonlySet<string>
}

type Naming = Pick<IncomingEvent, "identifiers" | "previousId">

/** Returns why an identifier points at nobody, for its sender; `null` when it points at somebody, or at a device that many use. */
function identifierError(identifier: Identifier, rules: IdentifierRules): string | null {
  const { country } = rules
  if (isPlaceholder(identifier)) return "identifies nobody: it stands where no value was known"
  if (identifier.type !== "anonymousId" && isShared(identifier, rules)) return sharedByMany
  if (identifier.type !== "phone" || readPhone(identifier.value, country) !== null) return null
  const advice = "send it with its country code, such as +49 30 901820"
  return country === null
    ? `identifies nobody: ${advice}, or set the shop's country in PUT /v1/settings`
    : `identifies nobody: it is no phone number of ${country}; ${advice}`
}

const sharedByMany =
  "identifies nobody: many customers share it; where it is one person's, run `beforehand settings allow`"

const isShared = (identifier: Identifier, { country, shared }: IdentifierRules): boolean =>
  shared.has(identifierKey(normalized(identifier, country)))

/** An identifier in the one form it is compared in: NFC, e-mail without case, phones as E.164. */
function normalized(identifier: Identifier, country: Country): Identifier {
  if (identifier.type !== "phone") return normalizeIdentifier(identifier)
  return { type: "phone", value: readPhone(identifier.value, country) ?? identifier.value }
}

/**
 * An event without what identifies nobody and with the rest in one form, and a sentence for its sender where something was left out.
 * A device that many use is left out beside others, so that it joins nobody, and stands for itself alone.
 */
export function withUsableIdentifiers<T extends Naming>(event: T, rules: IdentifierRules): { event: T; note?: string } {
  const isDeviceOfMany = (identifier: Identifier) => identifier.type === "anonymousId" && isShared(identifier, rules)
  const own = event.identifiers.map((identifier) => identifierError(identifier, rules))
  const hasOthers = event.identifiers.some((identifier, n) => own[n] === null && !isDeviceOfMany(identifier))
  const faults = event.identifiers.map((identifier, n) =>
    hasOthers && own[n] === null && isDeviceOfMany(identifier) ? sharedByMany : own[n]!,
  )
  const identifiers = event.identifiers
    .filter((_, n) => faults[n] === null)
    .map((identifier) => {
      const usable = normalized(identifier, rules.country)
      return usable.value === identifier.value ? usable : { ...usable, given: identifier.value }
    })
  const { previousId, ...rest } = event
  const isPreviousUnusable =
    previousId !== undefined &&
    (isPlaceholder({ type: "userId", value: previousId }) || isDeviceOfMany({ type: "anonymousId", value: previousId }))
  const said = event.identifiers.flatMap(({ type, value }, n) =>
    faults[n] === null ? [] : [`${type} ${shown(type, value)} ${faults[n]}`],
  )
  if (isPreviousUnusable) said.push(`previousId ${JSON.stringify(previousId)} identifies nobody`)
  const usable = { ...(isPreviousUnusable ? (rest as T) : event), identifiers }
  return said.length === 0 ? { event: usable } : { event: usable, note: `${said.join("; ")}; left out` }
}

/** The identifier in the form it is compared in, or a sentence that says why nobody can be found by it. */
export function usableIdentifier(identifier: Identifier, rules: IdentifierRules): Identifier | { fault: string } {
  const fault = identifierError(identifier, rules)
  return fault === null ? normalized(identifier, rules.country) : { fault: `${identifier.type} ${fault}` }
}

/** Placeholders are nobody's; a number that cannot be read may be somebody's, and is not repeated in answers and logs. */
const shown = (type: Identifier["type"], value: string) =>
  isPlaceholder({ type, value }) ? JSON.stringify(value.slice(0, 40)) : "as given"
