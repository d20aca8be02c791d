import { z } from "zod"
import { customerReferenceSchema } from "./identifier.ts"

export const tokenRequestSchema = z
  .strictObject({
    customer: customerReferenceSchema,
    ttlSeconds: z.number().int().min(1).max(86_400).default(3600),
  })
  .meta({ id: "CustomerTokenRequest", example: { customer: { userId: "u-17" }, ttlSeconds: 3600 } })

export const tokenAnswerSchema = z
  .object({ token: z.string(), customerId: z.uuid(), expiresAt: z.iso.datetime() })
  .meta({ id: "CustomerToken" })
