import { z } from "zod"
import {
  type Identifier,
  type IdentifierType,
  identifierKey,
  identifierTypes,
  identifierValueSchema,
  normalizeIdentifier,
} from "../customer/identifier.ts"
import { constraint } from "../schema/constraint.ts"
import { cursorDescription, nextCursorSchema, pageQuerySchema } from "../schema/page.ts"

/** An identifier that comes with so many different others of a type is a form's, a till's or a shop's, and nobody's. */
export const mostCounterparts: Readonly<Record<IdentifierType, number>> = {
  userId: 10,
  email: 10,
  phone: 10,
  loyaltyCard: 10,
  // One person has many: a browser forgets them within a week.
  anonymousId: 100,
}

/** Within how long they must have come. */
export const counterpartDays = 90

export interface Counterpart {
  identifier: Identifier
  /** Another identifier of the same event, of another type, that was not known to be of the same customer. */
  counterpart: Identifier
}

/** Each identifier whose owner is known, with what it newly came with; `owners` holds who had which before these events. */
export function newCounterparts(
  events: readonly { identifiers: readonly Identifier[]; customerId: string }[],
  owners: ReadonlyMap<string, string>,
): Counterpart[] {
  const known = new Map(owners)
  const found: Counterpart[] = []
  for (const event of events) {
    const named = event.identifiers.map(normalizeIdentifier)
    for (const identifier of named) found.push(...counterpartsOf(identifier, named, known))
    for (const one of named) if (!known.has(identifierKey(one))) known.set(identifierKey(one), event.customerId)
  }
  return found
}

function counterpartsOf(
  identifier: Identifier,
  named: readonly Identifier[],
  owners: ReadonlyMap<string, string>,
): Counterpart[] {
  const owner = owners.get(identifierKey(identifier))
  if (owner === undefined || identifier.type === "userId") return []
  const isPersonNamed = named.some(({ type }) => type === "userId")
  return named
    .filter(({ type }) => type !== identifier.type && !(type === "anonymousId" && isPersonNamed))
    .filter((counterpart) => owners.get(identifierKey(counterpart)) !== owner)
    .map((counterpart) => ({ identifier, counterpart }))
}

const identifierSchema = z.object({
  type: z.enum(identifierTypes),
  value: identifierValueSchema,
})

export const sharedIdentifiersQuerySchema = pageQuerySchema().extend({
  cursor: z
    .string()
    .min(3)
    .max(300)
    .optional()
    .meta({
      description: cursorDescription,
      ...constraint("An identifier as `type:value`, as `nextCursor` gives it."),
    }),
})

export const sharedIdentifiersSchema = z
  .object({
    identifiers: z.array(identifierSchema.extend({ since: z.iso.datetime() })),
    nextCursor: nextCursorSchema,
  })
  .meta({
    id: "SharedIdentifiers",
    example: {
      identifiers: [{ type: "email", value: "till@shop.example", since: "2026-02-27T17:40:00.000Z" }],
      nextCursor: null,
    },
  })

export const allowIdentifierSchema = z.strictObject(identifierSchema.shape).meta({
  id: "AllowIdentifier",
  example: { type: "email", value: "family@example.com" },
  ...constraint("The value is no placeholder such as `undefined`, and a phone is a number."),
})

export const allowedIdentifierSchema = z
  .object({ allowed: z.literal(true) })
  .meta({ id: "AllowedIdentifier", example: { allowed: true } })
