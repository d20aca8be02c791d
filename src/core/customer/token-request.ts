import { z } from "zod"
import { story } from "../schema/example-story.ts"
import { customerReferenceSchema } from "./identifier.ts"

export const tokenRequestSchema = z
  .strictObject({
    customer: customerReferenceSchema,
    ttlSeconds: z.number().int().min(1).max(86_400).default(3600),
  })
  .meta({ id: "CustomerTokenRequest", example: { customer: { userId: story.userId }, ttlSeconds: 3600 } })

export const tokenAnswerSchema = z
  .object({ token: z.string(), customerId: z.uuid(), expiresAt: z.iso.datetime() })
  .meta({
    id: "CustomerToken",
    example: {
      token: "WyJjNWFlOTFlZSIsMTc3MjQ0NjUwNF0.K09pTvKVYWrAi_BjkU8YANS_MXMa7JttiVsWcnlHNIo",
      customerId: story.customerId,
      expiresAt: story.expiresAt,
    },
  })
