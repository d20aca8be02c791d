import { z } from "zod"
import { type Channel, type ConsentPurpose, channels } from "../schema/channel.ts"
import { story } from "../schema/example-story.ts"
import { amountSchema } from "../schema/money.ts"
import { reportedTimeSchema } from "../time/reported-time.ts"

export const consentSchema = z
  .strictObject({
    granted: z.boolean(),
    at: reportedTimeSchema,
    source: z.string().min(1).max(200),
    proof: z
      .string()
      .min(1)
      .max(500)
      .optional()
      .meta({ description: "Where the proof is kept: an address, or the number of a document." }),
    channels: z.array(z.enum(channels)).max(channels.length).optional(),
    priceCeiling: z.strictObject({ amount: amountSchema, currency: z.string().length(3) }).optional(),
    categories: z.array(z.string().min(1).max(100)).max(100).optional(),
  })
  .meta({
    id: "Consent",
    example: { granted: true, at: story.clickedAt, source: "newsletter form", channels: ["email"] },
    description:
      "A grant holds on the channels it lists, or on all; a refusal that lists channels withdraws only those. Per channel the latest statement by `at` holds; at equal times the refusal does.",
  })

/** A statement about one purpose: a grant (on these channels, or on all), or a refusal (of these channels, or of all). */
export type Consent = z.infer<typeof consentSchema>

/**
 * State of one purpose: the latest word on all of it, and per channel the latest withdrawal that came after. A refusal here is
 * one of all channels, whatever it lists.
 */
export const heldConsentSchema = consentSchema
  .extend({
    withdrawn: z
      .partialRecord(z.enum(channels), z.object({ at: z.iso.datetime({ offset: true }), source: z.string() }))
      .optional()
      .meta({ description: "Last withdrawal by channel that no later statement replaced." }),
  })
  .meta({ id: "HeldConsent", description: "Current consent for a purpose: granted on the listed channels, or on all." })

export type HeldConsent = z.infer<typeof heldConsentSchema>
export type Consents = Partial<Record<ConsentPurpose, HeldConsent>>

/** Unknown is not consent: only a granted purpose, on a channel it covers and that was not withdrawn since, allows. */
export function hasConsent(consents: Consents, purpose: ConsentPurpose, channel: Channel): boolean {
  const consent = consents[purpose]
  return consent !== undefined && coversChannel(consent, channel)
}

/** True if a customer said no to a purpose on a channel, by a refusal of all of it or of that channel, and has not agreed since. */
export function isRefused(consents: Consents, purpose: ConsentPurpose, channel: Channel): boolean {
  const consent = consents[purpose]
  if (consent === undefined || coversChannel(consent, channel)) return false
  return isWithdrawn(consent, channel) || (!consent.granted && consent.at !== neverStated)
}

/** True if a customer took a purpose off this very channel, and has not agreed to it there since. */
export function isChannelWithdrawn(consents: Consents, purpose: ConsentPurpose, channel: Channel): boolean {
  const consent = consents[purpose]
  return consent !== undefined && isWithdrawn(consent, channel)
}

/** The time of a word that nobody said: before it there is only a withdrawal of single channels. */
const neverStated = "1970-01-01T00:00:00.000Z"

/** A refusal of single channels, as what holds where nothing else was ever said. */
export const channelRefusal = (
  refused: readonly Channel[],
  { at, source }: Pick<Consent, "at" | "source">,
): HeldConsent => ({
  granted: false,
  at: neverStated,
  source,
  withdrawn: Object.fromEntries(refused.map((channel) => [channel, { at, source }])),
})

/** A statement in the shape that is held; a refusal that lists channels withdraws those alone. */
export function heldOf(statement: Consent): HeldConsent {
  const { granted, channels: listed } = statement
  if (granted || listed === undefined || listed.length === 0) return statement
  return channelRefusal(listed, statement)
}

const isWithdrawn = ({ granted, at, withdrawn }: HeldConsent, channel: Channel): boolean => {
  const withdrawal = withdrawn?.[channel]
  return withdrawal !== undefined && (!granted || Date.parse(withdrawal.at) >= Date.parse(at))
}

const coversChannel = (consent: HeldConsent, channel: Channel): boolean =>
  consent.granted && (consent.channels?.includes(channel) ?? true) && !isWithdrawn(consent, channel)

/** As people and rules are to see it: granted only where some channel is left, on those that are, as of the latest word. */
export function effectiveConsent(held: HeldConsent): HeldConsent {
  const { withdrawn } = held
  if (withdrawn === undefined) return held
  const { at, source } = Object.values(withdrawn).reduce<Pick<Consent, "at" | "source">>(
    (a, b) => (Date.parse(a.at) > Date.parse(b.at) ? a : b),
    held,
  )
  const left = channels.filter((channel) => coversChannel(held, channel))
  return { ...held, granted: left.length > 0, at, source, channels: left }
}
