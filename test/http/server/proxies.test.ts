import { afterAll, describe, expect, test } from "vitest"
import { createApp } from "../../../src/app.ts"
import { ConfigError, parseConfig } from "../../../src/config.ts"
import { clientAddress, forwardedOrigin } from "../../../src/http/server/proxies.ts"
import { firstWithOffer, openMailShop } from "../../support/mail-shop.ts"
import { openTestApp } from "../../support/test-app.ts"

const trusting = (given: string) => parseConfig({ TRUSTED_PROXIES: given }).trustedProxies
const own = trusting("loopback, 10.1.0.0/16, 2001:db8:1::7")

describe("the client's address", () => {
  test.each([
    ["203.0.113.9", "198.51.100.1", "203.0.113.9", "a peer that is no proxy is the client, whatever it says"],
    ["127.0.0.1", undefined, "127.0.0.1", "a proxy that names nobody is the client"],
    ["127.0.0.1", "198.51.100.1", "198.51.100.1", "a proxy names its client"],
    ["::ffff:127.0.0.1", "198.51.100.1", "198.51.100.1", "an IPv4 proxy at an IPv6 socket"],
    [
      "10.1.2.3",
      "6.6.6.6, 198.51.100.1, 10.1.9.9",
      "198.51.100.1",
      "the right-most that is no proxy, past other proxies",
    ],
    ["10.2.2.3", "198.51.100.1", "10.2.2.3", "an address beside the range"],
    ["2001:db8:1::7", "2001:db8:2::1", "2001:db8:2::1", "IPv6"],
    ["127.0.0.1", "[2001:db8:2::1]:443", "2001:db8:2::1", "IPv6 with a port"],
    ["127.0.0.1", "198.51.100.1:5050", "198.51.100.1", "IPv4 with a port"],
    ["127.0.0.1", "198.51.100.1, unknown", "127.0.0.1", "what is no address ends the search at the last proxy"],
    ["127.0.0.1", "10.1.0.1, 10.1.0.2", "10.1.0.1", "only proxies: the first of them"],
    ["127.0.0.1", " , ", "127.0.0.1", "an empty list"],
  ])("%s with %s is %s: %s", (peer, told, client, _) => {
    expect(clientAddress(peer, told, own)).toBe(client)
  })

  test("by default nobody is believed", () => {
    expect(clientAddress("127.0.0.1", "198.51.100.1", parseConfig({}).trustedProxies)).toBe("127.0.0.1")
  })
})

describe("the service's own origin", () => {
  test.each([
    ["127.0.0.1", "https", "Shop.example", "https://shop.example"],
    ["127.0.0.1", "http, HTTPS", "evil.example, shop.example:8443", "https://shop.example:8443"],
    ["127.0.0.1", "https", "[2001:db8::1]:443", "https://[2001:db8::1]:443"],
    ["203.0.113.9", "https", "evil.example", undefined],
    ["127.0.0.1", undefined, "shop.example", undefined],
    ["127.0.0.1", "https", undefined, undefined],
    ["127.0.0.1", "javascript", "shop.example", undefined],
    ["127.0.0.1", "https", "shop.example/path?a=", undefined],
    ["127.0.0.1", "https", 'shop.example"><script>', undefined],
    ["127.0.0.1", "https", "user@evil.example", undefined],
  ])("%s with %s and %s is %s", (peer, proto, host, origin) => {
    expect(forwardedOrigin(peer, { proto, host }, own)).toBe(origin)
  })
})

test.each(["10.0.0.0/33", "10.0.0", "fd00::/129", "shop.example", "10.0.0.1,,10.0.0.2", "fe80::1%eth0", "10.0.0.0/-1"])(
  "a start with TRUSTED_PROXIES=%s ends with a sentence that says what to give",
  (given) => {
    expect(() => trusting(given)).toThrow(ConfigError)
    expect(() => trusting(given)).toThrow(
      `TRUSTED_PROXIES is ${JSON.stringify(given)}; give loopback, private, addresses, or ranges such as 10.1.0.0/16`,
    )
  },
)

test("private names the networks that no internet address is in", () => {
  const inside = ["10.9.9.9", "172.31.0.1", "192.168.1.1", "100.64.0.1", "fd12::1"]
  for (const peer of inside) expect(clientAddress(peer, "198.51.100.1", trusting("private"))).toBe("198.51.100.1")
  for (const peer of ["172.32.0.1", "127.0.0.1", "9.9.9.9"])
    expect(clientAddress(peer, "198.51.100.1", trusting("private"))).toBe(peer)
})

describe("links of content without PUBLIC_URL", async () => {
  const { shop, withOffer } = await openMailShop({ environment: { TRUSTED_PROXIES: "loopback" } })
  afterAll(() => shop.close())
  const { campaign } = await withOffer("r-0")
  const originsFor = async (remoteAddress: string, slots: string) => {
    const path = `/v1/content/weekly-email?customer=userId:r-0&campaign=${campaign}&locale=en&slot=${slots}`
    const forwarded = { "x-forwarded-proto": "https", "x-forwarded-host": "personal.shop.example" }
    const headers = { authorization: `Bearer ${shop.keys.read}`, ...forwarded }
    const { json } = await firstWithOffer(async (slot) => {
      const answer = await shop.app.request(`${path}${slot}`, { headers }, { incoming: { socket: { remoteAddress } } })
      return { json: (await answer.json()) as { kind: string; items: { link: string }[] } }
    })
    return new Set(json.items.map(({ link }) => new URL(link).origin))
  }

  test("lead through the address that a trusted proxy was asked for", async () => {
    expect(await originsFor("127.0.0.1", "a")).toEqual(new Set(["https://personal.shop.example"]))
  })

  test("lead straight to the shop when anybody else says so", async () => {
    expect(await originsFor("203.0.113.9", "b")).toEqual(new Set(["https://shop.example"]))
  })
})

describe("limits of clients with a public key", async () => {
  const environment = { TRUSTED_PROXIES: "loopback", CLIENT_REQUESTS_PER_SECOND: "2" }
  const shop = await openTestApp({ environment })
  afterAll(() => shop.close())
  const app = createApp({ ...shop.services, clock: () => 1e12 })
  const statusOf = async (key: "write" | "read", peer: string, forwardedFor: string) => {
    const headers = { authorization: `Bearer ${shop.keys[key]}`, "x-forwarded-for": forwardedFor }
    const socket = { incoming: { socket: { remoteAddress: peer } } }
    const answer = await app.request("/v1/items/none/similar", { headers }, socket)
    return [answer.status, answer.headers.get("ratelimit-policy")]
  }

  test("one that asks too often is told so, while others behind the same proxy and servers are answered", async () => {
    for (let n = 0; n < 2; n++) expect((await statusOf("write", "127.0.0.1", "198.51.100.1"))[0]).not.toBe(429)
    expect(await statusOf("write", "127.0.0.1", "198.51.100.1")).toEqual([429, '"client";q=2;w=1'])
    expect((await statusOf("write", "127.0.0.1", "198.51.100.2"))[0]).not.toBe(429)
    for (let n = 0; n < 4; n++) expect((await statusOf("read", "127.0.0.1", "198.51.100.1"))[0]).not.toBe(429)
  })

  test("a client that forges the header is still one client", async () => {
    for (const forged of ["192.0.2.1", "192.0.2.2"])
      expect((await statusOf("write", "127.0.0.1", `${forged}, 198.51.100.3`))[0]).not.toBe(429)
    expect((await statusOf("write", "127.0.0.1", "192.0.2.3, 198.51.100.3"))[0]).toBe(429)
    for (const forged of ["192.0.2.1", "192.0.2.2"])
      expect((await statusOf("write", "203.0.113.9", forged))[0]).not.toBe(429)
    expect((await statusOf("write", "203.0.113.9", "192.0.2.3"))[0]).toBe(429)
  })

  test("all addresses of an IPv6 network of 64 bits are one client", async () => {
    for (const address of ["2001:db8:0:1::1", "2001:db8::1:0:0:0:2"])
      expect((await statusOf("write", "127.0.0.1", address))[0]).not.toBe(429)
    expect((await statusOf("write", "127.0.0.1", "2001:db8:0:1:ffff::3"))[0]).toBe(429)
    expect((await statusOf("write", "127.0.0.1", "2001:db8:0:2::1"))[0]).not.toBe(429)
  })
})
