import { z } from "zod"
import { constraint } from "../schema/constraint.ts"
import { story } from "../schema/example-story.ts"
import { readPhone } from "./phone.ts"

export const identifierTypes = ["userId", "anonymousId", "email", "phone", "loyaltyCard"] as const
export type IdentifierType = (typeof identifierTypes)[number]

/** Points at a customer. Values are compared in Unicode's composed form (NFC), `email` without case, `phone` as E.164. */
export interface Identifier {
  type: IdentifierType
  value: string
}

/** An identifier as answers name it. */
export const shownIdentifierSchema = z.object({ type: z.enum(identifierTypes), value: z.string() })

export const identifierValueSchema = z.string().trim().min(1).max(255)

export function normalizeIdentifier({ type, value }: Identifier): Identifier {
  const text = value.normalize("NFC").trim()
  if (type === "phone") return { type, value: readPhone(text, null) ?? text }
  return { type, value: type === "email" ? text.toLowerCase().normalize("NFC") : text }
}

/** One string for one identifier, to be a key of maps. */
export const identifierKey = ({ type, value }: Identifier) => `${type}:${value}`

/** A request's reference to a customer: exactly one identifier, the internal id, or a signed customer token. */
export const customerReferenceSchema = z
  .strictObject({
    customerId: z.uuid().optional(),
    token: z.string().min(1).max(1024).optional(),
    userId: identifierValueSchema.optional(),
    anonymousId: identifierValueSchema.optional(),
    email: identifierValueSchema.optional(),
    phone: identifierValueSchema.optional(),
    loyaltyCard: identifierValueSchema.optional(),
  })
  .refine((reference) => Object.values(reference).filter((value) => value !== undefined).length === 1, {
    message: "name the customer by exactly one of customerId, token, userId, anonymousId, email, phone, loyaltyCard",
  })
  .meta({
    id: "CustomerReference",
    ...constraint("No value is white space or a placeholder such as `undefined`, and a phone is a number."),
    description: "Exactly one way to name a customer.",
    minProperties: 1,
    maxProperties: 1,
    example: { userId: story.userId },
  })

export type CustomerReference = z.infer<typeof customerReferenceSchema>
