import { z } from "zod"
import { heldConsentSchema } from "../customer/consent.ts"
import { shownIdentifierSchema } from "../customer/identifier.ts"
import { stages } from "../history/stage.ts"
import { consentPurposes } from "../schema/channel.ts"
import {
  consentAnswerExample,
  consentLedgerExample,
  customerExportExample,
  eraseAnswerExample,
  goldenRecordExample,
} from "./customer-examples.ts"
import { explainedFieldsSchema, personRecordSchema } from "./person-records.ts"

const json = z.record(z.string(), z.unknown())

/** All that is known of a customer, as one object. */
export const goldenRecordSchema = z
  .object({
    customerId: z.uuid(),
    known: z.boolean().meta({ description: "False before the customer's first event or consent." }),
    identified: z.boolean().meta({ description: "True if more than an anonymousId identifies the customer." }),
    createdAt: z.iso.datetime().nullable(),
    identifiers: z.array(shownIdentifierSchema),
    stage: z.enum(stages),
    traits: json,
    claims: z
      .object({
        traits: json,
        events: z.array(z.object({ name: z.string(), at: z.iso.datetime(), orderId: z.string().nullable() })),
      })
      .meta({
        description:
          "Unconfirmed statements of browsers with a public key: traits and the latest 20 events. Rules, templates and models do not use them.",
      }),
    consents: z.partialRecord(z.enum(consentPurposes), heldConsentSchema),
    history: json.meta({ description: "Summary of the customer's events, as models use it." }),
    vector: z
      .object({
        modelVersion: z.uuid(),
        values: z.array(z.number()),
        nearestItems: z
          .array(z.object({ id: z.string(), title: z.string().nullable(), score: z.number() }))
          .meta({ description: "Items of highest positive dot product with the vector, available or not." }),
      })
      .nullable()
      .meta({ description: "`null` before the first release." }),
    records: z.array(personRecordSchema).optional().meta({
      description: "With `explain=fields`: what sources call the customer, first told first; the newest 500 names.",
    }),
    fields: explainedFieldsSchema
      .optional()
      .meta({ description: "With `explain=fields`: which record said each trait, when, and what lost." }),
  })
  .meta({ id: "Customer", example: goldenRecordExample })

export type GoldenRecord = z.infer<typeof goldenRecordSchema>

export const consentAnswerSchema = z
  .object({ customerId: z.uuid(), consents: z.partialRecord(z.enum(consentPurposes), heldConsentSchema) })
  .meta({ id: "ConsentAnswer", example: consentAnswerExample })

export const consentLedgerSchema = z
  .object({
    customerId: z.uuid(),
    statements: z.array(
      heldConsentSchema.extend({
        purpose: z.enum(consentPurposes),
        recordId: z
          .uuid()
          .nullable()
          .meta({ description: "Record of which it was said; `null`: of the customer by id, or through a link." }),
        toldAt: z.iso.datetime(),
      }),
    ),
  })
  .meta({ id: "ConsentLedger", example: consentLedgerExample })

export type ConsentLedger = z.infer<typeof consentLedgerSchema>

export const exportAnswerSchema = z
  .object({ customerId: z.uuid(), tables: z.record(z.string(), z.array(z.unknown())) })
  .meta({ id: "CustomerExport", example: customerExportExample })

export const eraseAnswerSchema = z
  .object({ customerId: z.uuid(), rowsErased: z.number().int() })
  .meta({ id: "EraseAnswer", example: eraseAnswerExample })
