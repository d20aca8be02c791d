import { randomUUID } from "node:crypto"
import { setTimeout as sleep } from "node:timers/promises"

export interface Written {
  /** Message ids that were acknowledged. */
  events: Set<string>
  /** Decision ids that were handed out. */
  decisions: Set<string>
  /** Time at which the latest acknowledged request was sent, by `performance.now()`. */
  lastAcknowledgedSentAt: number
}

interface Load {
  address: string
  adminKey: string
  writers: number
}

const customers = 200
const impatientMs = 5000

/** Each writer sends one event and asks one question after the other, without pause; `stop` resolves when all have ended. */
export function startWriting({ address, adminKey, writers }: Load): { written: Written; stop(): Promise<void> } {
  const written: Written = { events: new Set(), decisions: new Set(), lastAcknowledgedSentAt: 0 }
  let stopped = false
  const post = async (path: string, body: object): Promise<unknown> => {
    const answer = await fetch(address + path, {
      method: "POST",
      headers: { authorization: `Bearer ${adminKey}`, "content-type": "application/json" },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(impatientMs),
    })
    if (!answer.ok) throw new Error(`${answer.status}`)
    return answer.json()
  }
  const track = async (userId: string) => {
    const messageId = randomUUID()
    const properties = { product_id: "sku-1" }
    while (!stopped) {
      const sentAt = performance.now()
      try {
        const answer = await post("/v1/track", { userId, messageId, event: "Product Viewed", properties })
        const [{ status } = { status: "missing" }] = (answer as { results: { status: string }[] }).results
        if (status !== "accepted" && status !== "duplicate") throw new Error(status)
        written.events.add(messageId)
        written.lastAcknowledgedSentAt = Math.max(written.lastAcknowledgedSentAt, sentAt)
        return
      } catch {
        await sleep(20)
      }
    }
  }
  const decide = async (userId: string) => {
    try {
      const asked = { customer: { userId }, placement: "home", channel: "web" }
      const { decisionId } = (await post("/v1/decide", asked)) as { decisionId: string | null }
      if (decisionId !== null) written.decisions.add(decisionId)
    } catch {
      await sleep(20)
    }
  }
  const write = async () => {
    while (!stopped) {
      const userId = `u-${Math.floor(Math.random() * customers)}`
      await track(userId)
      await decide(userId)
    }
  }
  const ended = Promise.all(Array.from({ length: writers }, write))
  return {
    written,
    async stop() {
      stopped = true
      await ended
    },
  }
}
