import { describe, expect, test } from "vitest"
import { reachFault } from "../../src/delivery/reachable-address.ts"

const anywhere = { loopback: true, privateNetworks: true }
const outside = { loopback: false, privateNetworks: false }

describe("is never reached, whatever is allowed", () => {
  test.each([
    ["this network", "0.0.0.0", "0.255.255.255"],
    ["link-local", "169.254.0.0", "169.254.169.254", "169.254.255.255", "fe80::1", "febf::1"],
    ["IETF protocols", "192.0.0.1", "192.0.0.255", "2001:1ff::1"],
    ["documentation", "192.0.2.1", "198.51.100.7", "203.0.113.255", "2001:db8::1", "3fff:fff::1"],
    ["6to4 relays", "192.88.99.1"],
    ["benchmarks", "198.18.0.1", "198.19.255.255", "2001:2::1"],
    ["multicast", "224.0.0.1", "239.255.255.255", "ff02::1"],
    ["reserved", "240.0.0.1", "255.255.255.255"],
    ["unspecified", "::"],
    ["IPv4-compatible", "::a9fe:a9fe", "::7f00:1", "::10.0.0.1"],
    ["IPv4-mapped", "::ffff:169.254.169.254", "::ffff:a9fe:a9fe", "::ffff:0.0.0.0"],
    ["IPv4-translated", "::ffff:0:7f00:1", "::ffff:0:a9fe:a9fe"],
    ["NAT64", "64:ff9b::a9fe:a9fe", "64:ff9b:1::1", "64:ff9b:1:ffff::a9fe:a9fe"],
    ["discard only", "100::1", "100:0:0:1::1"],
    ["Teredo", "2001::1", "2001:0:ffff::1"],
    ["overlay identifiers", "2001:10::1", "2001:2f::1"],
    ["6to4", "2002:a9fe:a9fe::1", "2002:7f00:1::"],
    ["segment routing", "5f00::1"],
    ["site-local", "fec0::1", "feff::1"],
  ])("%s", (_, ...addresses) => {
    for (const address of addresses) expect(reachFault(address, anywhere), address).toContain("link-local or no host")
  })
})

test("this machine is reached only where its address itself says so", () => {
  for (const address of ["127.0.0.1", "127.255.255.255", "::1", "::ffff:127.0.0.1"]) {
    expect(reachFault(address, outside), address).toContain("this machine itself")
    expect(reachFault(address, { ...outside, loopback: true }), address).toBeUndefined()
  }
})

test("private networks are reached only where that is allowed", () => {
  for (const address of [
    "10.0.0.1",
    "172.16.0.1",
    "172.31.255.255",
    "192.168.1.1",
    "100.64.0.1",
    "fc00::1",
    "fdff::1",
  ]) {
    expect(reachFault(address, outside), address).toContain("WEBHOOKS_PRIVATE=1")
    expect(reachFault(address, { ...outside, privateNetworks: true }), address).toBeUndefined()
  }
})

test("whoever is next to those ranges is reached", () => {
  const neighbours = ["1.0.0.0", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0", "169.253.255.255"]
  const others = [
    "172.32.0.0",
    "192.0.1.1",
    "192.0.3.1",
    "198.17.255.255",
    "198.20.0.0",
    "198.51.101.1",
    "223.255.255.255",
  ]
  const v6 = ["2001:200::1", "2001:db9::1", "2003::1", "2606:4700::1", "2a00:1450::1", "64:ff9a::1", "3ffe::1"]
  for (const address of [...neighbours, ...others, ...v6]) expect(reachFault(address, outside), address).toBeUndefined()
})
