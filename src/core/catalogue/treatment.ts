import { z } from "zod"
import { boundedRecord } from "../schema/bounded-record.ts"
import { type Channel, channels } from "../schema/channel.ts"

/** An offer's form on some channels and in one language: fields, each a Liquid template whose text is HTML and whose variables are escaped. */
export const treatmentSchema = z
  .strictObject({
    channels: z.array(z.enum(channels)).min(1).max(channels.length).optional(),
    locale: z.string().min(2).max(35).optional().meta({
      description: "A language tag; `it` also serves `it-CH`. Without one it serves every locale.",
      example: "it",
    }),
    content: boundedRecord(z.string().min(1).max(100), z.string().max(5000), 50).meta({
      description:
        'Liquid templates over customer, offer, item, items and context, with the variables of rules: `customer.traits.firstName`, or `customer.firstName` for short. Give a default to what may be missing: `{{ customer.firstName | default: "there" }}`.',
    }),
  })
  .meta({ id: "Treatment" })

export type Treatment = z.infer<typeof treatmentSchema>

/** The treatment that fits a channel and a locale best: the exact language tag, then its language, then one for every locale; `undefined` when none fits. */
export function treatmentFor(
  treatments: readonly Treatment[],
  channel: Channel,
  locale: string | undefined,
): Treatment | undefined {
  const fitting = treatments.filter((treatment) => treatment.channels?.includes(channel) ?? true)
  const asked = locale?.toLowerCase()
  const inLanguage = (tag: string | undefined) =>
    fitting.find((treatment) => treatment.locale?.toLowerCase() === tag && tag !== undefined)
  return (
    inLanguage(asked) ?? inLanguage(asked?.split("-")[0]) ?? fitting.find((treatment) => treatment.locale === undefined)
  )
}
