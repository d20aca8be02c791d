import { z } from "zod"
import { constraint } from "../schema/constraint.ts"
import { nextCursorSchema, numberCursorSchema } from "../schema/page.ts"
import { webhookExample, webhookMessageExample, webhookSecretExample } from "./webhook-examples.ts"

const deliveryStates = ["waiting", "delivered", "dead"] as const

/** Number of attempts before a message is a dead letter. */
export const maxAttempts = 14

const firstPauseMs = 5000
const longestPauseMs = 6 * 3_600_000

/**
 * Returns the pause after the `attempts`-th attempt failed, in milliseconds: three times as long each time, at most six hours, between
 * half and all of it by `chance` in [0, 1), so that what failed together does not come back together. All attempts span about a day.
 */
export const pauseAfter = (attempts: number, chance: number): number =>
  Math.min(firstPauseMs * 3 ** (attempts - 1), longestPauseMs) * (0.5 + chance / 2)

const typeSchema = z
  .string()
  .max(100)
  .regex(/^[a-z]\w*(\.[a-z]\w*)*$/i, "write a type such as send.dispatched")

export const webhookRequestSchema = z
  .strictObject({
    url: z
      .string()
      .max(2000)
      .meta({
        ...constraint("An absolute address without a user name, whose host is not a refused address."),
        description: "Address with https, or with http on the loopback interface of the service.",
      }),
    types: z
      .array(typeSchema)
      .min(1)
      .max(50)
      .nullable()
      .default(null)
      .meta({ description: "Types of messages that it gets; `null`: all." }),
  })
  .meta({
    id: "WebhookRequest",
    example: { url: webhookExample.url, types: webhookExample.types },
  })

export type WebhookRequest = z.infer<typeof webhookRequestSchema>

const webhookSchema = z
  .object({
    id: z.uuid(),
    url: z.string(),
    types: z.array(z.string()).nullable(),
    createdAt: z.iso.datetime(),
    disabledAt: z.iso
      .datetime()
      .nullable()
      .meta({ description: "Time since which it gets no messages because it answered 410 Gone." }),
  })
  .meta({ id: "Webhook", example: webhookExample })

export const webhookWithSecretSchema = webhookSchema
  .extend({
    secret: z
      .string()
      .meta({ description: "Secret that verifies signatures, `whsec_` and base64. It is shown only here." }),
  })
  .meta({ id: "WebhookWithSecret", example: { ...webhookExample, ...webhookSecretExample } })

export const webhookListSchema = z
  .object({ webhooks: z.array(webhookSchema), nextCursor: nextCursorSchema })
  .meta({ id: "WebhookList", example: { webhooks: [webhookExample], nextCursor: null } })

export const messageQuerySchema = z.strictObject({
  state: z.enum(deliveryStates).optional(),
  limit: z.coerce.number<string>().int().min(1).max(1000).default(100),
  cursor: numberCursorSchema,
})

export const messageListSchema = z
  .object({
    messages: z.array(
      z.object({
        id: z.uuid().meta({ description: "The `webhook-id` of every attempt." }),
        webhookId: z.uuid().meta({ description: "Endpoint that it is delivered to." }),
        subject: z.string(),
        type: z.string(),
        state: z.enum(deliveryStates),
        attempts: z.number().int(),
        createdAt: z.iso.datetime(),
        nextAttemptAt: z.iso.datetime().nullable(),
        lastStatus: z.number().int().nullable(),
        lastError: z.string().nullable(),
        body: z.string(),
      }),
    ),
    nextCursor: nextCursorSchema,
  })
  .meta({ id: "WebhookMessageList", example: { messages: [webhookMessageExample], nextCursor: null } })

export const replayMessageAnswerSchema = z
  .object({ replayed: z.number().int().meta({ description: "Number of endpoints that it is delivered to again." }) })
  .meta({ id: "ReplayMessageAnswer", example: { replayed: 1 } })

/** Returns why a webhook may not go to an address, in words for who gave it; `undefined` when it may. */
export function addressFault(address: string): string | undefined {
  if (!URL.canParse(address)) return "write an absolute address such as https://shop.example/webhooks"
  const { protocol, hostname, username, password, hash } = new URL(address)
  if (username !== "" || password !== "") return "leave out user and password; the signature says who sends"
  if (hash !== "") return "leave out what follows the #"
  if (protocol === "https:" || (protocol === "http:" && isLoopback(hostname))) return undefined
  return "use https; http only to this machine's own loopback"
}

/** True if a host is written as this machine itself. */
export const isLoopback = (hostname: string): boolean =>
  hostname === "localhost" || hostname === "[::1]" || /^127(\.\d{1,3}){3}$/.test(hostname)
