import { expect } from "vitest"
import { type Answer, openTestApp, type TestApp } from "./test-app.ts"

export interface MailShop {
  shop: TestApp
  /** As a mail tool asks, with a key that reads. */
  ask(address: string, headers?: Record<string, string>): Promise<Answer>
  /** The first campaign in which the draw of this customer falls on an offer. */
  withOffer(userId: string): Promise<{ answer: Answer; campaign: string }>
}

/** Asks for one slot after another, as a draw may fall on nothing in any of them; returns the first answer with an offer. */
export async function firstWithOffer<A extends { json: { kind?: unknown } }>(
  askSlot: (slot: string) => Promise<A>,
): Promise<A> {
  for (let slot = 0; slot < 50; slot++) {
    const answer = await askSlot(String(slot))
    if (answer.json.kind === "recommendation") return answer
  }
  throw new Error("no draw of 50 fell on the offer")
}

/** A shop of eight items and one offer, with six readers, `r-0` to `r-5`, who agreed to be written to. */
export async function openMailShop({
  publicUrl,
  environment = {},
}: {
  publicUrl?: string
  environment?: Record<string, string>
} = {}): Promise<MailShop> {
  const shop = await openTestApp({ environment: { ...environment, ...(publicUrl && { PUBLIC_URL: publicUrl }) } })
  const items = Array.from({ length: 8 }, (_, n) => ({
    id: `sku-${n}`,
    title: `Item ${n}`,
    price: n + 0.5,
    currency: "EUR",
    category: [n % 2 ? "skin" : "hair"],
    url: `https://shop.example/p/${n}?a=1&b="2"`,
    image: `https://shop.example/p/${n}.png`,
  }))
  await shop.ask("POST", "/v1/items", { body: { items } })
  const treatment = {
    channels: ["email"],
    content: { headline: "For {{ customer.name }}", url: "https://shop.example/?x=1&amp;y=2" },
  }
  const offers = [{ id: "picks", kind: "recommendation", title: "For you", value: 90, treatments: [treatment] }]
  expect((await shop.ask("POST", "/v1/offers", { body: { offers } })).status).toBe(200)
  await shop.refreshCatalogue()
  for (let n = 0; n < 6; n++) await addReader(shop, `r-${n}`)

  const ask: MailShop["ask"] = (address, headers = {}) =>
    shop.ask("GET", address, {
      key: "none",
      headers: { authorization: `Bearer ${shop.keys.read}`, ...headers },
    })
  return {
    shop,
    ask,
    async withOffer(userId) {
      for (let draw = 0; draw < 200; draw++) {
        const campaign = `draw-${userId}-${draw}`
        const answer = await ask(`/v1/content/weekly-email?customer=userId:${userId}&campaign=${campaign}&locale=en`)
        if (answer.json.kind === "recommendation") return { answer, campaign }
      }
      throw new Error("no draw of 200 fell on the offer")
    },
  }
}

async function addReader(shop: TestApp, userId: string): Promise<void> {
  const traits = { name: `Reader "${userId}"`, email: `${userId}@mail.example` }
  await shop.ask("POST", "/v1/identify", { body: { userId, traits, messageId: `identify ${userId}` } })
  await shop.ask("PUT", `/v1/customers/userId:${userId}/consents/marketing`, {
    body: { granted: true, at: "2020-01-01T00:00:00Z", source: "form" },
  })
}
