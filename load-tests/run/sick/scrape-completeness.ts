import { setTimeout as sleep } from "node:timers/promises"
import type { Replica } from "./replica.ts"

const requests = 400
/** A scrape may be a second old. */
const settleMs = 2500

/** Starts a service; returns the share of requests to it that are counted in a single scrape. */
export async function scrapeCompleteness(service: Replica, readKey: string): Promise<number> {
  await service.start()
  const { url } = service
  const headers = { authorization: `Bearer ${readKey}`, "content-type": "application/json", connection: "close" }
  const body = JSON.stringify({ customer: { userId: "u-1" }, limit: 1 })
  for (let n = 0; n < requests; n++)
    await (await fetch(`${url}/v1/recommend`, { method: "POST", headers, body })).text()
  await sleep(settleMs)
  const text = await (await fetch(`${url}/metrics`, { headers: { connection: "close" } })).text()
  const counts = text.matchAll(/^beforehand_request_seconds_count\{[^}]*route="\/v1\/recommend"[^}]*\} (\d+)$/gm)
  return [...counts].reduce((sum, [, count]) => sum + Number(count), 0) / requests
}
