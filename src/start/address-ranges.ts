import { type BlockList, isIP } from "node:net"
import { type Network, namedNetworks, rangeOf } from "../delivery/reachable-address.ts"

/** Returns the networks of `loopback`, `private`, an address or a range in CIDR notation; `null` for anything else. */
function networksOf(given: string): readonly Network[] | null {
  if (given === "loopback" || given === "private") return namedNetworks[given]
  const [, address = "", bits] = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(given) ?? []
  const family = isIP(address)
  if (family === 0 || address.includes("%")) return null
  const most = family === 6 ? 128 : 32
  const length = bits === undefined ? most : Number(bits)
  return length <= most ? [[address, length]] : null
}

/** Returns the set of addresses of a list separated by commas; `undefined` if a part of it is none. */
export function parseAddressRanges(given: string): BlockList | undefined {
  const networks: Network[] = []
  for (const part of given.split(",")) {
    const named = networksOf(part.trim())
    if (named === null) return undefined
    networks.push(...named)
  }
  return rangeOf(networks)
}
