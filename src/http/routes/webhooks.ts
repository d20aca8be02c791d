import { z } from "@hono/zod-openapi"
import { listWebhookMessages } from "../../actions/webhooks/list-webhook-messages.ts"
import {
  changeWebhookSecret,
  deleteWebhook as end,
  registerWebhook as register,
  toWebhookView,
} from "../../actions/webhooks/register-webhook.ts"
import { replayWebhookMessage } from "../../actions/webhooks/replay-webhook-message.ts"
import { idParamsSchema } from "../../core/ids/uuid.ts"
import { idPageQuerySchema, pageWithin } from "../../core/schema/page.ts"
import {
  messageListSchema,
  messageQuerySchema,
  replayMessageAnswerSchema,
  webhookListSchema,
  webhookRequestSchema,
  webhookWithSecretSchema,
} from "../../core/webhooks/webhook.ts"
import { webhookSecretExample } from "../../core/webhooks/webhook-examples.ts"
import { actorOf } from "../server/actor.ts"
import { access, createRoute, endpoint, jsonAnswer, jsonBody } from "../server/api.ts"

const tags = ["webhooks"]

export const registerWebhook = endpoint(
  createRoute({
    ...access({ permission: "webhooks:write", audit: "webhooks.create" }),
    tags,
    method: "post",
    path: "/v1/webhooks",
    operationId: "createWebhook",
    summary: "Create a webhook endpoint",
    description:
      "Messages are signed as Standard Webhooks (`webhook-id`, `webhook-timestamp`, `webhook-signature`) and delivered at least once, in order per subject. Any 2xx within 10 seconds acknowledges a message; otherwise it is retried for about a day and then becomes a dead letter, which holds back its subject until it is replayed. Nothing is sent to a host name that resolves to a link-local address, to the service's own machine or, without `WEBHOOKS_PRIVATE=1`, to a private network.",
    request: jsonBody(webhookRequestSchema),
    responses: jsonAnswer("The endpoint, with its secret", webhookWithSecretSchema),
  }),
  async (c) => c.json(await register(c.var.services, c.req.valid("json"), actorOf(c)), 200),
)

export const listWebhooks = endpoint(
  createRoute({
    ...access({ permission: "webhooks:read" }),
    tags,
    method: "get",
    path: "/v1/webhooks",
    operationId: "listWebhooks",
    summary: "List webhook endpoints",
    request: { query: idPageQuerySchema() },
    responses: jsonAnswer("A page, oldest first", webhookListSchema),
  }),
  async (c) => {
    const webhooks = await c.var.services.store.webhooks.list()
    const { page, nextCursor } = pageWithin(webhooks, c.req.valid("query"), ({ id }) => id)
    return c.json({ webhooks: page.map(toWebhookView), nextCursor }, 200)
  },
)

export const deleteWebhook = endpoint(
  createRoute({
    ...access({ permission: "webhooks:write", audit: "webhooks.delete" }),
    tags,
    method: "delete",
    path: "/v1/webhooks/{id}",
    operationId: "deleteWebhook",
    summary: "Delete a webhook endpoint",
    description: "Messages that wait for it are deleted too.",
    request: { params: idParamsSchema },
    responses: jsonAnswer(
      "Deleted",
      z.object({ status: z.literal("deleted") }).meta({ id: "WebhookDeleted", example: { status: "deleted" } }),
    ),
  }),
  async (c) => c.json(await end(c.var.services, c.req.valid("param").id, actorOf(c)), 200),
)

export const changeSecret = endpoint(
  createRoute({
    ...access({ permission: "webhooks:write", audit: "webhooks.rotateSecret", mayBeEmpty: true }),
    tags,
    method: "post",
    path: "/v1/webhooks/{id}/secret",
    operationId: "rotateWebhookSecret",
    summary: "Rotate a webhook endpoint's secret",
    description: "For a day messages carry two signatures: of the new secret and of the previous one.",
    request: { params: idParamsSchema },
    responses: jsonAnswer(
      "The new secret",
      webhookWithSecretSchema.pick({ secret: true }).meta({ id: "WebhookSecret", example: webhookSecretExample }),
    ),
  }),
  async (c) => c.json(await changeWebhookSecret(c.var.services, c.req.valid("param").id, actorOf(c)), 200),
)

export const listMessages = endpoint(
  createRoute({
    ...access({ permission: "webhooks:read" }),
    tags,
    method: "get",
    path: "/v1/webhooks/messages",
    operationId: "listWebhookMessages",
    summary: "List webhook messages",
    description: "`state=dead` lists dead letters, with the result of the last attempt.",
    request: { query: messageQuerySchema },
    responses: jsonAnswer("A page", messageListSchema),
  }),
  async (c) => c.json(await listWebhookMessages(c.var.services, c.req.valid("query")), 200),
)

export const replayMessage = endpoint(
  createRoute({
    ...access({ permission: "webhooks:write", audit: "webhooks.replay", mayBeEmpty: true }),
    tags,
    method: "post",
    path: "/v1/webhooks/messages/{id}/replay",
    operationId: "replayWebhookMessage",
    summary: "Replay a webhook message",
    description: "Delivers the message with its former id and body, then those that waited behind it.",
    request: { params: idParamsSchema },
    responses: jsonAnswer("Number of endpoints", replayMessageAnswerSchema),
  }),
  async (c) => c.json(await replayWebhookMessage(c.var.services, c.req.valid("param").id, actorOf(c)), 200),
)
