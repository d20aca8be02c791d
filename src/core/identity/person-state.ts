import { z } from "zod"
import { heldConsentSchema } from "../customer/consent.ts"
import { shownIdentifierSchema } from "../customer/identifier.ts"
import { channels, consentPurposes } from "../schema/channel.ts"

/** State of a customer, to be compared before and after a join or a split. */
export const personStateSchema = z.object({
  customerId: z.uuid(),
  records: z.array(z.uuid()).meta({ description: "First told first; at most 1,000." }),
  traits: z.record(z.string(), z.unknown()),
  identifiers: z.array(shownIdentifierSchema),
  orders: z.object({
    count: z.int(),
    lastAt: z.iso.datetime().nullable(),
    numbers: z.array(z.string()).meta({ description: "Numbers of those that are remembered one by one." }),
  }),
  consents: z.partialRecord(z.enum(consentPurposes), heldConsentSchema),
  contacts: z
    .partialRecord(z.enum(channels), z.int())
    .meta({ description: "Offers made or reserved, by channel, as caps count them." }),
})

export type PersonState = z.infer<typeof personStateSchema>
