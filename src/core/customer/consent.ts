import { z } from "zod"

/** What a customer may agree to. Each offer kind needs one; on-site recommendations need none. */
export const consentPurposes = ["marketing", "service", "unasked-parcel", "analytics"] as const
export type ConsentPurpose = (typeof consentPurposes)[number]

export const channels = ["web", "app", "email", "sms", "push", "store", "call-centre", "post"] as const
export type Channel = (typeof channels)[number]

export const consentSchema = z
  .strictObject({
    granted: z.boolean(),
    at: z.iso.datetime({ offset: true }),
    source: z.string().min(1).max(200),
    channels: z.array(z.enum(channels)).max(channels.length).optional(),
    priceCeiling: z.strictObject({ amount: z.number().nonnegative(), currency: z.string().length(3) }).optional(),
    categories: z.array(z.string().min(1).max(100)).max(100).optional(),
  })
  .meta({ id: "Consent" })

export type Consent = z.infer<typeof consentSchema>
export type Consents = Partial<Record<ConsentPurpose, Consent>>

/** Unknown is not consent: only a granted purpose, on a channel it covers, allows. */
export function hasConsent(consents: Consents, purpose: ConsentPurpose, channel: Channel): boolean {
  const consent = consents[purpose]
  return consent?.granted === true && (consent.channels === undefined || consent.channels.includes(channel))
}
