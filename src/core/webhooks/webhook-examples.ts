import { story } from "../schema/example-story.ts"

export const webhookExample = {
  id: story.webhookId,
  url: "https://shop.example/webhooks",
  types: ["decision.made", "send.reserved"],
  createdAt: "2026-03-01T14:00:00.000Z",
  disabledAt: null,
}

export const webhookSecretExample = { secret: "whsec_FbVGKIHOXSmSXtFR7HXxTxhcswJ7c00fUkDV5e3ugrg=" }

export const webhookMessageExample = {
  id: story.webhookMessageId,
  webhookId: story.webhookId,
  subject: `send:${story.sendId}`,
  type: "send.reserved",
  state: "delivered",
  attempts: 1,
  createdAt: "2026-03-02T08:21:10.000Z",
  nextAttemptAt: null,
  lastStatus: 204,
  lastError: null,
  body: `{"type":"send.reserved","timestamp":"2026-03-02T08:21:10.000Z","data":{"sendId":"${story.sendId}"}}`,
}
