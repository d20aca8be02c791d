import { randomBytes } from "node:crypto"
import { isIP } from "node:net"
import type { Actor } from "../../core/access/actor.ts"
import { ApiError } from "../../core/problem/problem.ts"
import { isoOrNull } from "../../core/time/iso-or-null.ts"
import { addressFault, isLoopback, type WebhookRequest } from "../../core/webhooks/webhook.ts"
import { reachFault } from "../../delivery/reachable-address.ts"
import type { Services } from "../../services.ts"
import type { WebhookEndpoint } from "../../store/webhooks/webhooks.ts"

const changeOverMs = 86_400_000

const shown = (secret: Uint8Array) => `whsec_${Buffer.from(secret).toString("base64")}`

/** Returns the fields of an endpoint that are shown. */
export const toWebhookView = ({ id, url, types, createdAt, disabledAt }: WebhookEndpoint) => ({
  id,
  url,
  types: types && [...types],
  createdAt: new Date(createdAt).toISOString(),
  disabledAt: isoOrNull(disabledAt),
})

/** Tells an endpoint of what happens from now on; its secret is shown here and never again. */
export async function registerWebhook(services: Services, { url, types }: WebhookRequest, actor: Actor) {
  const message = addressFault(url) ?? unreachable(services, url)
  if (message !== undefined)
    throw new ApiError("invalidRequest", `correct /url: ${message}`, { errors: [{ pointer: "/url", message }] })
  const secret = randomBytes(32)
  const endpoint = { id: services.newId(), url, types, createdAt: services.clock() }
  await services.store.webhooks.insert(endpoint, secret, actor)
  return { ...toWebhookView({ ...endpoint, disabledAt: null }), secret: shown(secret) }
}

/** An address written as numbers is judged at once; a name each time it is looked up. */
function unreachable({ config }: Services, url: string): string | undefined {
  const { hostname } = new URL(url)
  const host = hostname.replace(/^\[|\]$/g, "")
  const { privateNetworks } = config.webhooks
  return isIP(host) === 0 ? undefined : reachFault(host, { loopback: isLoopback(hostname), privateNetworks })
}

/** A new secret; for a day messages carry the signatures of both, so that the receiver can change over. */
export async function changeWebhookSecret(services: Services, id: string, actor: Actor): Promise<{ secret: string }> {
  const secret = randomBytes(32)
  const formerUntil = services.clock() + changeOverMs
  const isKnown = await services.store.webhooks.changeSecret(id, secret, formerUntil, actor)
  if (!isKnown) throw noWebhook(id)
  return { secret: shown(secret) }
}

/** Ends an endpoint and what was on its way to it. */
export async function deleteWebhook(services: Services, id: string, actor: Actor): Promise<{ status: "deleted" }> {
  if (!(await services.store.webhooks.delete(id, actor))) throw noWebhook(id)
  return { status: "deleted" }
}

const noWebhook = (id: string) => new ApiError("notFound", `there is no webhook ${id}; GET /v1/webhooks lists them`)
