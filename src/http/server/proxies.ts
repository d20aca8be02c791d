import { type BlockList, isIP } from "node:net"
import type { HttpBindings } from "@hono/node-server"
import type { Context } from "hono"
import type { Services } from "../../services.ts"
import type { ApiEnv } from "./env.ts"

/** Returns an address without brackets, port and zone, an IPv4 address in IPv6 notation as such; `null` if it is none. */
function plainAddress(given: string): string | null {
  const [, bracketed, withPort] = /^\[([^\]]*)\](?::\d+)?$|^(\d[\d.]*):\d+$/.exec(given) ?? []
  const address = (bracketed ?? withPort ?? given).replace(/%.*$/, "").replace(/^::ffff:(?=\d+\.)/i, "")
  return isIP(address) === 0 ? null : address
}

const isIn = (addresses: BlockList, address: string) => addresses.check(address, isIP(address) === 6 ? "ipv6" : "ipv4")

/**
 * Returns the client's address: that of the connection, or, where a trusted proxy made it, the right-most one in `X-Forwarded-For`
 * that is no trusted proxy. What a client wrote itself stands further left.
 */
export function clientAddress(peer: string, forwardedFor: string | undefined, trusted: BlockList): string {
  let address = plainAddress(peer) ?? peer
  for (const told of (forwardedFor ?? "").split(",").reverse()) {
    if (isIP(address) === 0 || !isIn(trusted, address)) break
    const next = plainAddress(told.trim())
    if (next === null) break
    address = next
  }
  return address
}

const lastOf = (list: string | undefined) => list?.split(",").at(-1)?.trim()
const host = /^([a-z0-9]([a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:.]+\])(:\d{1,5})?$/i

/** Returns the origin that a trusted proxy was asked for, such as `https://shop.example`; `undefined` where none says both parts. */
export function forwardedOrigin(
  peer: string,
  forwarded: { proto: string | undefined; host: string | undefined },
  trusted: BlockList,
): string | undefined {
  const address = plainAddress(peer)
  if (address === null || !isIn(trusted, address)) return undefined
  const [proto, name] = [lastOf(forwarded.proto)?.toLowerCase(), lastOf(forwarded.host)]
  if ((proto !== "http" && proto !== "https") || name === undefined || !host.test(name)) return undefined
  return `${proto}://${name.toLowerCase()}`
}

const peerOf = (c: Context): string | undefined =>
  ((c.env ?? {}) as Partial<HttpBindings>).incoming?.socket.remoteAddress

/** Returns the network of a client: its IPv4 address, or the /64 that one IPv6 client has for itself; `null` without a connection. */
export function clientNetwork(c: Context<ApiEnv>): string | null {
  const peer = peerOf(c)
  if (peer === undefined) return null
  const { trustedProxies } = c.get("services").config
  const address = clientAddress(peer, c.req.header("x-forwarded-for"), trustedProxies)
  return isIP(address) === 6 ? firstGroups(address) : address
}

function firstGroups(address: string): string {
  const [before = "", after] = address.split("::")
  const head = before === "" ? [] : before.split(":")
  const tail = after === undefined || after === "" ? [] : after.split(":")
  const zeros = after === undefined ? 0 : 8 - head.length - tail.length
  const groups = [...head, ...Array.from({ length: zeros }, () => "0"), ...tail]
  const numbers = groups.slice(0, 4).map((group) => Number.parseInt(group, 16).toString(16))
  return `${numbers.join(":")}::/64`
}

/** Returns the services with the address at which customers reach them: `PUBLIC_URL`, or else what a trusted proxy was asked for. */
export function servicesAtOwnUrl(c: Context<ApiEnv>): Services {
  const services = c.get("services")
  const { config } = services
  if (config.publicUrl !== undefined) return services
  const told = { proto: c.req.header("x-forwarded-proto"), host: c.req.header("x-forwarded-host") }
  return {
    ...services,
    config: { ...config, publicUrl: forwardedOrigin(peerOf(c) ?? "", told, config.trustedProxies) },
  }
}
