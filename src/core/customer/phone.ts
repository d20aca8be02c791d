import { type CountryCode, parsePhoneNumberFromString } from "libphonenumber-js"

/** ISO 3166-1 alpha-2, `null` where the shop has not said. */
export type Country = string | null

/**
 * A phone number as E.164 ("+393331234567"), read as somebody in `country` writes it; `null` for what is none, for a national number
 * where no country is known, and for one with an extension, which is a switchboard's.
 */
export function readPhone(value: string, country: Country): string | null {
  const text = value.normalize("NFKC").trim().replace(/^00/, "+")
  const parsed = parsePhoneNumberFromString(text, (country ?? undefined) as CountryCode | undefined)
  return parsed === undefined || parsed.ext !== undefined || !parsed.isPossible() ? null : parsed.number
}
