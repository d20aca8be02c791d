import { z } from "zod"
import { customerReferenceSchema } from "../customer/identifier.ts"

const exposureSchema = z.strictObject({
  customer: customerReferenceSchema,
  arm: z.string().min(1).max(64),
  at: z.iso.datetime({ offset: true }),
})

export const exposuresSchema = z.strictObject({ exposures: z.array(exposureSchema).min(1).max(500) }).meta({
  id: "ExperimentExposures",
  example: {
    exposures: [{ customer: { userId: "u-17" }, arm: "warm", at: "2026-03-02T09:15:04.120Z" }],
  },
})

export type ExposuresRequest = z.output<typeof exposuresSchema>

export const exposuresAnswerSchema = z
  .object({ recorded: z.number().int(), known: z.number().int() })
  .meta({ id: "ExposuresAnswer", example: { recorded: 1, known: 0 } })
