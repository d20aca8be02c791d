import { type LookupAddress, lookup } from "node:dns"
import { BlockList, isIP, type LookupFunction } from "node:net"

export type Network = readonly [address: string, bits: number]

/** Returns the set of addresses of networks. */
export const rangeOf = (networks: readonly Network[]): BlockList => {
  const list = new BlockList()
  for (const [network, bits] of networks) list.addSubnet(network, bits, isIP(network) === 6 ? "ipv6" : "ipv4")
  return list
}

/** Networks that have a name in settings. */
export const namedNetworks = {
  loopback: [
    ["127.0.0.0", 8],
    ["::1", 128],
  ],
  private: [
    ["10.0.0.0", 8],
    ["172.16.0.0", 12],
    ["192.168.0.0", 16],
    ["100.64.0.0", 10],
    ["fc00::", 7],
  ],
} as const satisfies Record<string, readonly Network[]>

const loopback = rangeOf(namedNetworks.loopback)
const privateNetworks = rangeOf(namedNetworks.private)
/**
 * Link-local, where clouds keep a machine's own credentials; ways in which IPv6 carries an IPv4 address of any kind; and what IANA's
 * registries of special-purpose addresses hold for documentation, benchmarks and protocols: no host anybody may mean.
 */
const neverReachable = rangeOf([
  ["0.0.0.0", 8],
  ["169.254.0.0", 16],
  ["192.0.0.0", 24],
  ["192.0.2.0", 24],
  ["192.88.99.0", 24],
  ["198.18.0.0", 15],
  ["198.51.100.0", 24],
  ["203.0.113.0", 24],
  ["224.0.0.0", 3],
  ["::", 96],
  ["::ffff:0:0:0", 96],
  ["64:ff9b::", 96],
  ["64:ff9b:1::", 48],
  ["100::", 64],
  ["100:0:0:1::", 64],
  ["2001::", 23],
  ["2001:db8::", 32],
  ["2002::", 16],
  ["3fff::", 20],
  ["5f00::", 16],
  ["fe80::", 10],
  ["fec0::", 10],
  ["ff00::", 8],
])

export interface Reach {
  /** Only where the address itself says so: no name may lead to it. */
  loopback: boolean
  privateNetworks: boolean
}

/** Returns why nothing is sent to an IP address; `undefined` when it may be. */
export function reachFault(address: string, reach: Reach): string | undefined {
  const family = isIP(address) === 6 ? "ipv6" : "ipv4"
  if (loopback.check(address, family)) return reach.loopback ? undefined : `${address} is this machine itself`
  if (neverReachable.check(address, family)) return `${address} is link-local or no host`
  if (privateNetworks.check(address, family) && !reach.privateNetworks)
    return `${address} is in a private network; WEBHOOKS_PRIVATE=1 allows those`
  return undefined
}

/** Looks a host up and hands on only what may be reached, so that what was checked is what is connected to. */
export const guardedLookup =
  (reach: Reach): LookupFunction =>
  (hostname, options, callback) =>
    lookup(hostname, { ...options, all: true }, (error, found) => {
      const addresses: readonly LookupAddress[] = error ? [] : found
      const fault = addresses.map(({ address }) => reachFault(address, reach)).find((one) => one !== undefined)
      const first = addresses[0]
      if (error !== null || first === undefined) return callback(error ?? new Error(`${hostname} has no address`), "")
      if (fault !== undefined) return callback(new Error(fault), "")
      if (options.all) return callback(null, [...addresses])
      return callback(null, first.address, first.family)
    })
