import { randomUUID } from "node:crypto"
import { type Channel, channels } from "../../src/core/schema/channel.ts"

/** A word on marketing that was acknowledged: of these channels, or of all. */
export interface Word {
  /** `userId:…` or `customerId` of whom it was said. */
  who: string
  granted: boolean
  channels: readonly Channel[]
  at: number
}

/** Writes that the service acknowledged. */
export interface Acknowledged {
  events: Set<string>
  words: Word[]
  decisions: Set<string>
  /** A secret each, written of a person before their erasure was asked for and acknowledged. */
  erased: string[]
  requests: number
  /** Answers that were no 2xx and no 503, by what was asked. */
  failures: Map<string, number>
}

interface Load {
  address: string
  adminKey: string
  threads: number
}

export const joining = { users: 6, browsers: 8 }
export const capped = { customers: 3, placement: "capped", limit: 2 }
const generationMs = 500
const below = (count: number) => Math.floor(Math.random() * count)
const oneOf = <T>(values: readonly T[]): T => values[below(values.length)]!

/** Threads that do everything at once to few customers, without pause; `stop` resolves when all have ended. */
export function startRacing({ address, adminKey, threads }: Load): {
  acknowledged: Acknowledged
  stop(): Promise<void>
} {
  const acknowledged: Acknowledged = {
    events: new Set(),
    words: [],
    decisions: new Set(),
    erased: [],
    requests: 0,
    failures: new Map(),
  }
  let stopped = false
  const startedAt = Date.now()
  /** Far enough back that no time of ten minutes at a thousand words a second is in the future, where the service moves it. */
  let saidAt = Date.now() - 700_000_000
  const ask = async (method: string, path: string, body?: object): Promise<Record<string, unknown> | null> => {
    const answer = await fetch(address + path, {
      method,
      headers: { authorization: `Bearer ${adminKey}`, "content-type": "application/json" },
      ...(body && { body: JSON.stringify(body) }),
    })
    const json = (await answer.json()) as Record<string, unknown>
    if (answer.ok) {
      acknowledged.requests += 1
      return json
    }
    const what = `${method} ${path.replaceAll(/[0-9a-f-]{36}|userId:[^/]+/g, "…")} ${answer.status}`
    if (answer.status !== 503) acknowledged.failures.set(what, (acknowledged.failures.get(what) ?? 0) + 1)
    return null
  }
  const tracked = async (path: string, call: object) => {
    const messageId = randomUUID()
    const answer = await ask("POST", path, { messageId, ...call })
    const [result] = (answer?.results ?? []) as { status: string }[]
    if (result?.status === "accepted") acknowledged.events.add(messageId)
  }
  /** Few people at a time, and others soon, so that there is always somebody left to join. */
  const generation = () => Math.floor((Date.now() - startedAt) / generationMs)
  const user = () => `u-${generation()}-${below(joining.users)}`
  const browser = () => `b-${generation()}-${below(joining.browsers)}`
  /** Times of their own, in another order than they are said in. */
  const nextTime = () => {
    saidAt += 1000
    return saidAt + below(2) * 40_000_000
  }
  const decide = async (customer: object, channel: Channel, placement: string) => {
    const answer = await ask("POST", "/v1/decide", { customer, placement, channel })
    const decisionId = typeof answer?.decisionId === "string" ? answer.decisionId : null
    if (decisionId !== null) acknowledged.decisions.add(decisionId)
    return { decisionId, customerId: answer?.customerId as string, offered: answer?.offer !== null }
  }

  const track = () =>
    tracked("/v1/track", {
      ...oneOf([{ userId: user() }, { anonymousId: browser() }, { userId: user(), anonymousId: browser() }]),
      event: "Product Viewed",
      properties: { product_id: "sku-1" },
    })
  const join = () => tracked("/v1/alias", { userId: user(), previousId: oneOf([user(), browser()]) })
  const consent = async () => {
    const [userId, granted, at] = [user(), Math.random() < 0.4, nextTime()]
    const listed = granted || Math.random() < 0.3 ? [] : [oneOf(channels)]
    const said = {
      granted,
      at: new Date(at).toISOString(),
      source: "races",
      ...(listed.length > 0 && { channels: listed }),
    }
    const answer = await ask("PUT", `/v1/customers/userId:${userId}/consents/marketing`, said)
    if (answer) acknowledged.words.push({ who: `userId:${userId}`, granted, channels: listed, at })
  }
  const consentById = async () => {
    const [userId, at] = [user(), nextTime()]
    const customer = await ask("GET", `/v1/customers/userId:${userId}`)
    if (customer?.known !== true) return
    const said = { granted: false, at: new Date(at).toISOString(), source: "races" }
    const path = `/v1/customers/${customer.customerId}/consents/marketing`
    const answer = await ask("PUT", path, said)
    if (answer) acknowledged.words.push({ who: String(answer.customerId), granted: false, channels: [], at })
  }
  const unsubscribe = async () => {
    const channel = oneOf(channels)
    const { decisionId, customerId } = await decide({ userId: user() }, channel, "home")
    if (decisionId === null) return
    const at = nextTime()
    const outcome = { outcome: "unsubscribed", at: new Date(at).toISOString(), messageId: randomUUID() }
    if (await ask("POST", `/v1/decisions/${decisionId}/outcome`, outcome))
      acknowledged.words.push({ who: customerId, granted: false, channels: [channel], at })
  }
  const offerCapped = async () => {
    const { decisionId, offered } = await decide({ userId: `c-${below(capped.customers)}` }, "web", capped.placement)
    if (decisionId === null || !offered) return
    const at = new Date(oneOf([Date.now(), 0, Date.now() + 500_000])).toISOString()
    if (Math.random() < 0.7) await ask("POST", `/v1/decisions/${decisionId}/activate`, { at })
    if (Math.random() < 0.5)
      await ask("POST", `/v1/decisions/${decisionId}/outcome`, { outcome: "click", at, messageId: randomUUID() })
  }
  /**
   * A person with a secret is erased while a log-in makes them one with another and they are decided for; the decision and its content
   * hold the secret. Nothing beside the erasure says it again.
   */
  const erase = async () => {
    const [secret, name] = [`secret-${randomUUID()}`, randomUUID()]
    const identified = (userId: string, traits: object) => ask("POST", "/v1/identify", { userId, traits })
    const userId = `f-${name}`
    if ((await identified(`e-${name}`, { plan: "gold" })) === null) return
    if ((await identified(userId, { city: secret, email: `${secret}@shop.example` })) === null) return
    const said = { granted: true, at: new Date(nextTime()).toISOString(), source: secret }
    if ((await ask("PUT", `/v1/customers/userId:${userId}/consents/marketing`, said)) === null) return
    const beside = [
      () => ask("POST", "/v1/alias", { userId: `e-${name}`, previousId: userId }),
      () => ask("POST", "/v1/decide", { customer: { userId }, placement: "home", channel: "email" }),
      () => ask("GET", `/v1/content/home?customer=userId:${userId}&campaign=${name}`),
    ].filter(() => Math.random() < 0.6)
    const [erased] = await Promise.all([ask("DELETE", `/v1/customers/userId:${userId}`), ...beside.map((act) => act())])
    if (erased !== null) acknowledged.erased.push(secret)
  }
  const everything = [track, track, track, join, consent, consentById, unsubscribe, offerCapped, erase]
  const race = async () => {
    while (!stopped) await oneOf(everything)()
  }
  const ended = Promise.all(Array.from({ length: threads }, race))
  return {
    acknowledged,
    async stop() {
      stopped = true
      await ended
    },
  }
}
