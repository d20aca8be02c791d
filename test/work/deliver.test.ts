import { Webhook } from "standardwebhooks"
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest"
import { maxAttempts } from "../../src/core/webhooks/webhook.ts"
import type { OutboxMessage } from "../../src/store/webhooks/outbox.ts"
import { deliverDue } from "../../src/work/deliver.ts"
import { deleteExpired } from "../support/delete-expired.ts"
import { openReceiver, type Receiver } from "../support/receiver.ts"
import { openTestApp, type TestApp } from "../support/test-app.ts"

let shop: TestApp
let receiver: Receiver
let secret: string
let webhookId: string

beforeAll(async () => {
  shop = await openTestApp()
})
afterAll(() => shop.close())
beforeEach(async () => {
  receiver = await openReceiver()
  const { json } = await shop.ask("POST", "/v1/webhooks", { body: { url: receiver.url } })
  secret = json.secret as string
  webhookId = json.id as string
})
afterEach(async () => {
  await shop.ask("DELETE", `/v1/webhooks/${webhookId}`)
  await receiver.close()
})

const message = (subject: string, n: number): OutboxMessage => ({
  subject,
  type: "send.dispatched",
  customerId: null,
  at: Date.UTC(2026, 0, 1),
  payload: { n },
})
const send = (...messages: OutboxMessage[]) => shop.services.store.webhooks.send(messages)
const deliver = () => deliverDue(shop.services)
/** Lets everything that waits for its next attempt be due. */
const skipPauses = () =>
  shop.sql("update webhook_deliveries set due_at = now() where state = 'waiting' and claim is null")
const numbers = () => receiver.received.map(({ body }) => JSON.parse(body).data.n as number)
const listed = async (query: string) =>
  (await shop.ask("GET", `/v1/webhooks/messages?${query}`)).json.messages as {
    id: string
    webhookId: string
    attempts: number
    lastStatus: number
  }[]

test("while a secret is changed, the old and the new one both verify", async () => {
  const changed = (await shop.ask("POST", `/v1/webhooks/${webhookId}/secret`)).json.secret as string
  await send(message("a", 1))
  await deliver()
  const { headers, body } = receiver.received[0]!
  for (const either of [secret, changed]) new Webhook(either).verify(body, headers as Record<string, string>)
  expect(changed).not.toBe(secret)
})

test("a message is sent again until it is acknowledged, with the same id and the same bytes", async () => {
  const statuses = [500, 302, 204]
  receiver.answerWith(() => statuses.shift()!)
  await send(message("a", 1))
  await deliver()
  expect(receiver.received).toHaveLength(1)
  for (let n = 0; n < 3; n++) {
    await skipPauses()
    await deliver()
  }
  expect(receiver.received).toHaveLength(3)
  expect(new Set(receiver.received.map(({ body }) => body)).size).toBe(1)
  expect(new Set(receiver.received.map(({ headers }) => headers["webhook-id"])).size).toBe(1)
  for (const { headers, body } of receiver.received) new Webhook(secret).verify(body, headers as Record<string, string>)
})

test("of one subject the next waits until the earlier is acknowledged; other subjects go on", async () => {
  let isBroken = true
  receiver.answerWith(({ body }) => (isBroken && JSON.parse(body).data.n === 1 ? 503 : 204))
  await send(message("a", 1), message("a", 2), message("b", 10), message("a", 3))
  await deliver()
  expect(numbers().sort()).toEqual([1, 10])
  isBroken = false
  await skipPauses()
  await deliver()
  expect(numbers().filter((n) => n < 10)).toEqual([1, 1, 2, 3])
})

test("a dead letter parks its subject until it is replayed, with the id and the bytes it had", async () => {
  receiver.answerWith(() => 500)
  await send(message("a", 1), message("a", 2))
  for (let n = 0; n < maxAttempts; n++) {
    await deliver()
    await skipPauses()
  }
  await deliver()
  expect(numbers()).toEqual(Array.from({ length: maxAttempts }, () => 1))
  const [dead, ...others] = await listed("state=dead")
  expect(others).toEqual([])
  expect(dead).toMatchObject({ webhookId, attempts: maxAttempts, lastStatus: 500 })

  const { text } = await shop.ask("GET", "/metrics")
  expect(text).toContain('beforehand_webhook_deliveries{state="dead"} 1')
  expect(text).toContain('beforehand_webhook_deliveries{state="waiting"} 1')
  expect(text).toMatch(/^beforehand_webhook_oldest_seconds (?!0$)\S+$/m)

  receiver.answerWith(() => 204)
  await deliver()
  expect(receiver.received).toHaveLength(maxAttempts)
  expect((await shop.ask("POST", `/v1/webhooks/messages/${dead!.id}/replay`)).json).toEqual({ replayed: 1 })
  await deliver()
  expect(numbers().slice(maxAttempts)).toEqual([1, 2])
  expect(receiver.received[maxAttempts]!.headers["webhook-id"]).toBe(dead!.id)
  expect(receiver.received[maxAttempts]!.body).toBe(receiver.received[0]!.body)
  expect((await shop.ask("POST", `/v1/webhooks/messages/${webhookId}/replay`)).status).toBe(404)
})

test("several deliverers at once deliver each message once, in the order of its subject", async () => {
  const subjects = ["a", "b", "c", "d"]
  const messages = Array.from({ length: 40 }, (_, n) => message(subjects[n % 4]!, n))
  await send(...messages)
  await Promise.all(Array.from({ length: 4 }, deliver))
  await deliver()
  expect(numbers().toSorted((a, b) => a - b)).toEqual(messages.map(({ payload }) => payload.n))
  for (const place of [0, 1, 2, 3]) {
    const own = numbers().filter((n) => n % 4 === place)
    expect(own).toEqual(own.toSorted((a, b) => a - b))
  }
})

test("what is queued at the very moment in which the one before it ends is not left behind", async () => {
  const rounds = 60
  const delivering = (async () => {
    while (receiver.received.length < rounds) await deliver()
  })()
  for (let n = 0; n < rounds; n++) await send(message("a", n))
  await delivering
  expect(numbers()).toEqual(Array.from({ length: rounds }, (_, n) => n))
})

test("what waited behind a message that was erased with its customer goes out after all", async () => {
  receiver.answerWith(() => 500)
  await send(message("a", 1), message("a", 2))
  await deliver()
  await shop.sql("delete from webhook_messages where body like '%\"n\":1%'")
  receiver.answerWith(() => 204)
  await deliver()
  expect(numbers()).toEqual([1])
  expect(await shop.services.store.webhooks.free()).toBe(1)
  await deliver()
  expect(numbers()).toEqual([1, 2])
})

test("what a deliverer claimed and never sent is another's when its claim ends", async () => {
  await send(message("a", 1))
  const [claimed] = await shop.services.store.webhooks.claimDue(shop.services.newId(), {
    perEndpoint: 8,
    leaseMs: 60_000,
  })
  await deliver()
  expect(receiver.received).toEqual([])
  await shop.sql("update webhook_deliveries set due_at = now()")
  await deliver()
  expect(receiver.received).toHaveLength(1)
  // Late news of who lost the claim changes nothing.
  await shop.services.store.webhooks.settle(claimed!, { state: "waiting", afterMs: 0, status: null, error: "late" })
  expect(await listed("state=waiting")).toEqual([])
})

test("a key that was sent is not sent again, and only wanted types are", async () => {
  const { json } = await shop.ask("POST", "/v1/webhooks", { body: { url: receiver.url, types: ["plan.halted"] } })
  const keyed = { ...message("a", 1), dedupKey: "once" }
  expect([await send(keyed), await send(keyed, { ...keyed, subject: "b" })]).toEqual([1, 0])
  await send({ ...message("c", 2), type: "plan.halted" })
  await deliver()
  expect(numbers().sort()).toEqual([1, 2, 2])
  await shop.ask("DELETE", `/v1/webhooks/${json.id}`)
})

test("an endpoint that says it is gone gets nothing more", async () => {
  receiver.answerWith(() => 410)
  await send(message("a", 1), message("b", 2))
  await deliver()
  await send(message("c", 3))
  await deliver()
  const { json } = await shop.ask("GET", "/v1/webhooks")
  expect(json.webhooks).toMatchObject([{ id: webhookId, disabledAt: expect.any(String) }])
  expect(numbers()).not.toContain(3)
})

test("one message that hangs holds up no other of its endpoint", async () => {
  let letGo = () => {}
  const hanging = new Promise<number>((resolve) => {
    letGo = () => resolve(204)
  })
  receiver.answerWith(({ body }) => (JSON.parse(body).data.n === 0 ? hanging : 204))
  await send(...Array.from({ length: 30 }, (_, n) => message(`subject-${n}`, n)))
  const delivering = deliverDue(shop.services, { timeoutMs: 60_000 })
  await receiver.has(30)
  letGo()
  await delivering
  expect(await listed("state=waiting")).toEqual([])
})

test("a receiver that hangs is given up after the timeout and asked again", async () => {
  receiver.answerWith(() => new Promise(() => {}))
  await send(message("a", 1))
  await deliverDue(shop.services, { timeoutMs: 50 })
  expect(await listed("state=waiting")).toMatchObject([{ attempts: 1, lastStatus: null }])
})

test("delivered messages are forgotten after their lifetime, and those that wait are not", async () => {
  await shop.sql("delete from webhook_messages")
  receiver.answerWith(({ body }) => (JSON.parse(body).data.n === 2 ? 500 : 204))
  await send(message("a", 1), message("b", 2))
  await deliver()
  expect(await deleteExpired(shop.services.store, "webhook_messages", Date.UTC(2026, 0, 2))).toBe(1)
  expect(await listed("limit=10")).toMatchObject([{ lastStatus: 500 }])
})
