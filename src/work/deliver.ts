import { setTimeout as sleep } from "node:timers/promises"
import { sendWebhook } from "../actions/webhooks/send-webhook.ts"
import type { Services } from "../services.ts"
import type { ClaimedDelivery } from "../store/webhooks/webhooks.ts"
import { type Loop, repeat } from "./repeat.ts"

type Tools = Pick<Services, "store" | "config" | "clock" | "log" | "newId" | "onLoopRun" | "tracing">

interface DeliverOptions {
  pauseMs?: number
  timeoutMs?: number
  /** Longer than an attempt can take; a process that dies holds its messages no longer than this. */
  leaseMs?: number
  perEndpoint?: number
  chance?: () => number
}

/** Sends webhooks: each message again until it is acknowledged, those of one subject one after another. Any number of processes may. */
export function startDelivering(services: Tools, options: DeliverOptions = {}): Loop {
  const { pauseMs = 500 } = options
  return repeat(services, { name: "deliver", pauseMs }, (signal) => deliverDue(services, options, signal))
}

/** Sends what is due until nothing is; an endpoint that is slow holds up nobody but itself. */
export async function deliverDue(services: Tools, options: DeliverOptions = {}, signal?: AbortSignal): Promise<void> {
  const { pauseMs = 500, leaseMs = 60_000, perEndpoint = 8 } = options
  const busy: Record<string, number> = {}
  const underWay = new Set<Promise<void>>()
  while (!signal?.aborted) {
    const claimed = await services.store.webhooks.claimDue(services.newId(), { perEndpoint, leaseMs, busy })
    for (const delivery of claimed) {
      const { endpointId } = delivery
      busy[endpointId] = (busy[endpointId] ?? 0) + 1
      const sent = inTrace(services, delivery, () => deliver(services, delivery, options)).then(() => {
        busy[endpointId]! -= 1
        underWay.delete(sent)
      })
      underWay.add(sent)
    }
    if (underWay.size === 0) return
    await Promise.race([...underWay, sleep(pauseMs)])
  }
  await Promise.all(underWay)
}

/** Makes an attempt a trace of its own, that the receiver can join. */
function inTrace({ tracing }: Tools, { type, attempts }: ClaimedDelivery, attempt: () => Promise<void>): Promise<void> {
  if (tracing === undefined) return attempt()
  const attributes = { "beforehand.webhook.type": type, "beforehand.webhook.attempt": attempts }
  return tracing.inTrace({ name: `deliver ${type}`, kind: "client", attributes }, {}, attempt)
}

/** One attempt and what came of it; what cannot be recorded is sent again when the claim has ended. */
async function deliver(services: Tools, delivery: ClaimedDelivery, options: DeliverOptions): Promise<void> {
  const { store, config, log } = services
  const { messageId, endpointId, type, attempts } = delivery
  const { timeoutMs = 10_000, chance = Math.random } = options
  try {
    const { privateNetworks } = config.webhooks
    const result = await sendWebhook(services, delivery, { timeoutMs, privateNetworks, chance: chance() })
    if (result.state === "dead") {
      const { status, error } = result
      log.error(
        { messageId, endpointId, type, attempts, status, error },
        "webhook message became a dead letter; replay it with POST /v1/webhooks/messages/{id}/replay",
      )
    }
    await store.webhooks.settle(delivery, result)
  } catch (error) {
    log.warn({ err: error, messageId, endpointId, attempts }, "failed to record webhook delivery result; will retry")
  }
}
