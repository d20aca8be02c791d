import type { z } from "zod"
import { pageOf } from "../../core/schema/page.ts"
import { isoOrNull } from "../../core/time/iso-or-null.ts"
import type { messageQuerySchema } from "../../core/webhooks/webhook.ts"
import type { Services } from "../../services.ts"

/** Messages by endpoint, newest first, with what their last attempt met. */
export async function listWebhookMessages(services: Services, query: z.infer<typeof messageQuerySchema>) {
  const found = await services.store.webhooks.messages({ ...query, limit: query.limit + 1 })
  const { page, nextCursor } = pageOf(found, query.limit, ({ sequence }) => String(sequence))
  const messages = page.map(({ sequence: _, createdAt, nextAttemptAt, ...row }) => ({
    ...row,
    createdAt: new Date(createdAt).toISOString(),
    nextAttemptAt: isoOrNull(nextAttemptAt),
  }))
  return { messages, nextCursor }
}
