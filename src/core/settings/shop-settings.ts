import { isSupportedCountry } from "libphonenumber-js"
import { z } from "zod"
import { boundedRecord } from "../schema/bounded-record.ts"
import { constraint } from "../schema/constraint.ts"
import { story } from "../schema/example-story.ts"
import { cursorDescription, nextCursorSchema, pageQuerySchema } from "../schema/page.ts"
import { isTimeZone } from "../time/local-time.ts"

const timeOfDay = z
  .string()
  .max(5)
  .regex(/^(([01]\d|2[0-3]):[0-5]\d|24:00)$/, "write a time of day such as 09:00")
const openHours = z
  .strictObject({ from: timeOfDay, to: timeOfDay })
  .refine(({ from, to }) => from < to, { message: "`from` must be before `to`; write 24:00 for the end of the day" })

const currencies: ReadonlySet<string> = new Set(Intl.supportedValuesOf("currency"))
const isLocale = (tag: string) => {
  try {
    return Intl.getCanonicalLocales(tag).length === 1
  } catch {
    return false
  }
}

const weekdays = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"] as const

/** Settings of the whole shop; every one has a default, so that a shop names only what differs. */
export const shopSettingsSchema = z
  .strictObject({
    name: z.string().min(1).max(200).nullable().default(null),
    timeZone: z
      .string()
      .max(60)
      .refine(isTimeZone, "write an IANA time zone such as Europe/Rome")
      .default("UTC")
      .meta({ description: "Time zone of the shop's days." }),
    country: z
      .string()
      .length(2)
      .regex(/^[A-Z]{2}$/, "write an ISO 3166-1 code of two capitals such as IT")
      .refine(isSupportedCountry, "write an ISO 3166-1 code such as IT")
      .nullable()
      .default(null)
      .meta({
        description: "Country of phone numbers without a country code; without it such numbers identify nobody.",
      }),
    currency: z
      .string()
      .length(3)
      .refine((code) => currencies.has(code), "write an ISO 4217 code such as EUR")
      .default("EUR")
      .meta({ description: "Currency of decisions: their values, the policies' amounts and the reports." }),
    exchangeRates: z
      .strictObject({
        date: z.iso.date().meta({ description: "Day that the rates are of." }),
        rates: boundedRecord(
          z
            .string()
            .length(3)
            .refine((code) => currencies.has(code), "write an ISO 4217 code such as USD"),
          z.number().positive().max(1e9),
          200,
        ),
      })
      .nullable()
      .default(null)
      .meta({
        description:
          'Money of the shop\'s currency for one unit of each other, such as `{"USD": 0.92}`; offers in a currency without a rate are not made.',
      }),
    locale: z.string().min(2).max(35).refine(isLocale, "write a BCP 47 tag such as it or en-GB").default("en"),
    businessHours: z
      .partialRecord(z.enum(weekdays), z.array(openHours).max(4))
      .default({})
      .meta({ description: "Opening hours by weekday, in the shop's time zone; a day that is not named is closed." }),
    holidays: z
      .array(z.strictObject({ date: z.iso.date(), name: z.string().min(1).max(100) }))
      .max(400)
      .default([]),
  })
  .meta({
    id: "ShopSettings",
    ...constraint(
      "Time zone, country, currency and locale are known to IANA, ISO 3166-1, ISO 4217 and BCP 47; hours end after they begin.",
    ),
  })

export type ShopSettings = z.infer<typeof shopSettingsSchema>

export const defaultShopSettings: ShopSettings = shopSettingsSchema.parse({})

const settingsExample = { timeZone: "Europe/Rome", country: "IT", currency: "EUR", locale: "it" }

const settingsVersionExample = {
  version: 1,
  settings: shopSettingsSchema.parse(settingsExample),
  createdAt: "2026-03-01T14:00:00.000Z",
  changedBy: story.keyId,
}

const version = z.number().int().min(0).max(2_147_483_647)

export const putSettingsSchema = z
  .strictObject({
    settings: shopSettingsSchema,
    ifVersion: version
      .max(2_147_483_646)
      .optional()
      .meta({ description: "Version that the change is based on; 409 if there is a newer one." }),
  })
  .meta({
    id: "PutSettings",
    example: { settings: settingsExample, ifVersion: 0 },
  })

export const settingsAnswerSchema = z
  .object({
    version: version.meta({ description: "0 before the first change." }),
    settings: shopSettingsSchema,
    createdAt: z.iso.datetime().nullable(),
    changedBy: z.uuid().nullable().meta({ description: "Key that set them; `null` for the command line." }),
  })
  .meta({ id: "SettingsVersion", example: settingsVersionExample })

export type SettingsAnswer = z.infer<typeof settingsAnswerSchema>

export const settingsHistoryQuerySchema = pageQuerySchema({ most: 100, usual: 20 }).extend({
  cursor: z.coerce.number().int().min(1).max(2_147_483_647).optional().meta({ description: cursorDescription }),
})

export const settingsHistorySchema = z
  .object({ versions: z.array(settingsAnswerSchema), nextCursor: nextCursorSchema })
  .meta({ id: "SettingsHistory", example: { versions: [settingsVersionExample], nextCursor: null } })
