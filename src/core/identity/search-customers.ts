import { type CountryCode, getCountryCallingCode } from "libphonenumber-js"
import { z } from "zod"
import { type Identifier, shownIdentifierSchema } from "../customer/identifier.ts"
import { type Country, readPhone } from "../customer/phone.ts"
import type { Traits } from "../customer/traits.ts"
import { story } from "../schema/example-story.ts"
import { tokensOf } from "./resolve/fold-text.ts"

const matchKinds = ["email", "phone", "loyaltyCard", "userId", "order", "name"] as const
export type MatchKind = (typeof matchKinds)[number]

export const searchRequestSchema = z
  .strictObject({
    query: z.string().trim().min(2).max(200).meta({
      description:
        "The beginnings of a name's words, an e-mail address or its beginning, four or more digits with which a phone number or loyalty card begins or ends, a user id, or an order's number.",
    }),
    limit: z.number().int().min(1).max(50).default(10),
  })
  .meta({ id: "CustomerSearch", example: { query: "lea jan", limit: 10 } })

export const searchAnswerSchema = z
  .object({
    customers: z.array(
      z.object({
        customerId: z.uuid(),
        name: z.string().nullable(),
        identifiers: z.array(shownIdentifierSchema).meta({
          description: "At most 20; devices are left out.",
        }),
        matched: z
          .array(z.enum(matchKinds))
          .meta({ description: "By which of the customer's data the query found them." }),
        updatedAt: z.iso.datetime(),
      }),
    ),
    masked: z.boolean().meta({
      description:
        "True for keys that may not read customers: names and identifiers are shortened, and addresses and numbers are found as a whole only.",
    }),
    hasMore: z.boolean().meta({ description: "True if more customers match; say more of the one you look for." }),
  })
  .meta({
    id: "CustomerSearchAnswer",
    example: {
      customers: [
        {
          customerId: story.customerId,
          name: "Lea Jansen",
          identifiers: [{ type: "email", value: story.email }],
          matched: ["name"],
          updatedAt: story.viewedAt,
        },
      ],
      masked: false,
      hasMore: false,
    },
  })

export type SearchAnswer = z.infer<typeof searchAnswerSchema>

/** Keys that a query is looked up by; an absent one is not looked for. */
export interface SearchKeys {
  /** Words of a name, of which each is the beginning of one. */
  name?: string
  /** True if `email`, `phones` and the card's `text` are compared as a whole; else they are beginnings. */
  isWhole: boolean
  email?: string
  /** A user id, order number or loyalty card. */
  text: string
  /** Phone numbers in E.164. */
  phones: readonly string[]
  /** Last digits of a phone number or loyalty card. */
  ending?: string
}

const minDigits = 4
const maxWords = 5
/** Characters that people write into phone numbers. */
const punctuation = /[\s()./-]/g

/**
 * Returns what a query may mean. Callers who see masked data find addresses and numbers by all of them only: beginnings would tell
 * them the rest, sign by sign.
 */
export function searchKeysOf(
  query: string,
  { country, isMasked }: { country: Country; isMasked: boolean },
): SearchKeys {
  const text = query.normalize("NFC").trim()
  const words = tokensOf(text).slice(0, maxWords)
  const isName = words.some(({ length }) => length > 1) && !text.includes("@") && /\p{L}/u.test(text)
  const isEmail = text.length > 2 && !/\s/.test(text)
  const number = text.replace(punctuation, "")
  const digits = /^\+?\d+$/.test(number) ? number.replace("+", "") : ""
  const isNumber = digits.length >= minDigits
  return {
    ...(isName && { name: words.join(" ") }),
    ...(isEmail && { email: text.toLowerCase().normalize("NFC") }),
    isWhole: isMasked,
    text: text.replace(/^#/, ""),
    phones: isNumber ? phonesOf(number, { country, isMasked }) : [],
    ...(isNumber && !isMasked && !number.startsWith("+") && { ending: digits }),
  }
}

/** Returns how a number that is typed from its first digit on may begin in E.164: with a country code, or as one of `country`. */
function phonesOf(number: string, { country, isMasked }: { country: Country; isMasked: boolean }): string[] {
  if (isMasked) return [readPhone(number, country)].filter((phone) => phone !== null)
  if (number.startsWith("+")) return [number]
  if (number.startsWith("00")) return [`+${number.slice(2)}`]
  const code = country === null ? null : getCountryCallingCode(country as CountryCode)
  const national =
    code === null ? [] : [`+${code}${number}`, ...(number.startsWith("0") ? [`+${code}${number.slice(1)}`] : [])]
  return [`+${number}`, ...national]
}

/** Returns the name that traits tell, as it is written to somebody; `null` where they tell none. */
export function nameOf(traits: Traits): string | null {
  const text = (...names: readonly string[]) => names.map((name) => traits[name]).find(isText)
  const whole = text("name", "fullName", "full_name")
  const parts = [text("firstName", "first_name"), text("lastName", "last_name")].filter(isText)
  return whole ?? (parts.length === 0 ? null : parts.join(" "))
}

const isText = (value: unknown): value is string => typeof value === "string" && value.trim() !== ""

/** Returns a name by the first letters of its words. */
export const maskName = (name: string): string =>
  name
    .split(/\s+/)
    .filter((word) => word !== "")
    .map((word) => `${[...word][0]!}…`)
    .join(" ")

const shownEnd = 3

/** Returns an identifier of which enough is left to recognise it and too little to use it. */
export function maskIdentifier({ type, value }: Identifier): Identifier {
  const at = value.lastIndexOf("@")
  if (type === "email" && at > 0) return { type, value: `${[...value][0]!}…${value.slice(at)}` }
  return { type, value: value.length > 2 * shownEnd ? `…${value.slice(-shownEnd)}` : "…" }
}
