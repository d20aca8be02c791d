import type { z } from "zod"
import { pageOf } from "../../core/schema/page.ts"
import type { messageQuerySchema } from "../../core/webhooks/webhook.ts"
import type { Services } from "../../services.ts"

/** Messages by endpoint, newest first, with what their last attempt met. */
export async function listWebhookMessages(services: Services, query: z.infer<typeof messageQuerySchema>) {
  const found = await services.store.webhooks.messages({ ...query, limit: query.limit + 1 })
  const { page, nextCursor } = pageOf(found, query.limit, ({ sequence }) => String(sequence))
  const messages = page.map(({ sequence: _, createdAt, nextAttemptAt, ...row }) => ({
    ...row,
    createdAt: new Date(createdAt).toISOString(),
    nextAttemptAt: nextAttemptAt === null ? null : new Date(nextAttemptAt).toISOString(),
  }))
  return { messages, nextCursor }
}
