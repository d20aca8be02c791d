import { randomBytes } from "node:crypto"
import { Webhook } from "standardwebhooks"
import { afterEach, beforeEach, expect, test } from "vitest"
import { postSigned } from "../../src/delivery/post-signed.ts"
import { openReceiver, type Receiver } from "../support/receiver.ts"

let receiver: Receiver
beforeEach(async () => {
  receiver = await openReceiver()
})
afterEach(() => receiver.close())

const secrets = [randomBytes(32), randomBytes(32)]
const body = JSON.stringify({ type: "send.dispatched", data: { name: "Café" } })
const post = (options: { url?: string; privateNetworks?: boolean; timeoutMs?: number } = {}) => {
  const { url = receiver.url, privateNetworks = false, timeoutMs = 20_000 } = options
  return postSigned({ url, messageId: "message-1", body, secrets }, { nowMs: Date.now(), timeoutMs, privateNetworks })
}

test("the library of Standard Webhooks verifies a message by each of its secrets, and refuses a changed byte", async () => {
  expect(await post()).toEqual({ status: 204, retryAfter: undefined })
  const [{ headers, body: sent }] = receiver.received as [Receiver["received"][number]]
  expect(headers).toMatchObject({ "content-type": "application/json", "webhook-id": "message-1" })
  for (const secret of secrets) {
    const verifier = new Webhook(secret.toString("base64"))
    expect(verifier.verify(sent, headers as Record<string, string>)).toEqual(JSON.parse(body))
    expect(() => verifier.verify(`${sent} `, headers as Record<string, string>)).toThrow()
  }
})

test("a redirect is an answer and is not followed", async () => {
  const elsewhere = await openReceiver()
  receiver.answerWith(() => ({ status: 307, headers: { location: elsewhere.url } }))
  expect((await post()).status).toBe(307)
  expect(elsewhere.received).toEqual([])
  await elsewhere.close()
})

test("an answer says when to come again", async () => {
  receiver.answerWith(() => ({ status: 503, headers: { "retry-after": "120" } }))
  expect(await post()).toEqual({ status: 503, retryAfter: "120" })
})

test("a receiver that never answers is given up", async () => {
  receiver.answerWith(() => new Promise(() => {}))
  await expect(post({ timeoutMs: 50 })).rejects.toThrow()
})

test("an address that may not be reached gets nothing, but this machine's own as it is written", async () => {
  await expect(post({ url: "http://169.254.169.254/" })).rejects.toThrow("link-local or no host")
  await expect(post({ url: "https://10.0.0.1/" })).rejects.toThrow("WEBHOOKS_PRIVATE=1")
  const { port } = new URL(receiver.url)
  expect((await post({ url: `http://localhost:${port}/` })).status).toBe(204)
})
