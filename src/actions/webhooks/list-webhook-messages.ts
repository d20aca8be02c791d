import type { z } from "zod"
import type { messageQuerySchema } from "../../core/webhooks/webhook.ts"
import type { Services } from "../../services.ts"
import { askPatiently } from "../operations/with-store-timeout.ts"

/** Messages by endpoint, newest first, with what their last attempt met. */
export async function listWebhookMessages(services: Services, query: z.infer<typeof messageQuerySchema>) {
  const rows = await askPatiently(services, (store) => store.webhooks.messages(query))
  const messages = rows.map(({ sequence: _, createdAt, nextAttemptAt, ...row }) => ({
    ...row,
    createdAt: new Date(createdAt).toISOString(),
    nextAttemptAt: nextAttemptAt === null ? null : new Date(nextAttemptAt).toISOString(),
  }))
  return { messages, nextCursor: rows.length < query.limit ? null : rows.at(-1)!.sequence }
}
