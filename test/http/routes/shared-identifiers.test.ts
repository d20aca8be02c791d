import { afterAll, beforeAll, expect, test } from "vitest"
import { expectProblem } from "../../contracts/route.ts"
import { openTestApp, type TestApp } from "../../support/test-app.ts"

let shop: TestApp
beforeAll(async () => {
  shop = await openTestApp()
})
afterAll(() => shop.close())

interface Result {
  status: string
  customerId: string
  reason?: string
}
const identify = async (body: object, key: "ingest" | "write" = "ingest") =>
  ((await shop.ask("POST", "/v1/identify", { key, body })).json.results as Result[])[0]!
const customerOf = async (anonymousId: string) =>
  (await shop.services.store.customers.read({ type: "anonymousId", value: anonymousId })).customerId
const inTurn = async (count: number, send: (n: number) => Promise<unknown>) => {
  for (let n = 1; n <= count; n++) await send(n)
  await shop.services.sharedIdentifiers.refresh()
}
const shared = async () =>
  (await shop.ask("GET", "/v1/shared-identifiers", { key: "read" })).json.identifiers as { value: string }[]

test("an address that eleven people gave joins nobody any more, and whoever sends or asks is told", async () => {
  const email = "till@shop.example"
  await inTurn(11, (n) => identify({ userId: `buyer-${n}`, traits: { email } }))
  expect(await shared()).toMatchObject([{ type: "email", value: email }])
  const first = (await shop.services.store.customers.read({ type: "userId", value: "buyer-1" })).customerId

  const stranger = await identify({ anonymousId: "stranger", traits: { email: "TILL@shop.example" } })
  expect(stranger).toMatchObject({ status: "accepted", reason: expect.stringContaining("many customers share it") })
  expect(stranger.customerId).not.toBe(first)
  expect(stranger.reason).not.toContain("till@shop.example")
  expect(await identify({ traits: { email } })).toMatchObject({ status: "rejected" })
  for (const path of ["/v1/recommend", "/v1/customer-tokens"]) {
    const answer = await shop.ask("POST", path, {
      body: { customer: { email }, ...(/rec/.test(path) && { placement: "a" }) },
    })
    expectProblem(answer, 400, "invalidRequest")
    expect(answer.json.detail).toContain("many customers share it")
  }
  expect((await shop.ask("GET", "/metrics", { key: "none" })).text).toContain("beforehand_shared_identifiers 1")

  await shop.ask("POST", "/v1/shared-identifiers/allow", { body: { type: "email", value: email } })
  expect(await shared()).toEqual([])
  await identify({ anonymousId: "friend", traits: { email } })
  expect(await customerOf("friend")).toBe(first)
  expect(
    (await shop.ask("POST", "/v1/shared-identifiers/allow", { body: { type: "email", value: email } })).status,
  ).toBe(404)
})

test("a family's telephone and a person's many devices stay theirs", async () => {
  await inTurn(6, (n) => identify({ userId: `family-${n}`, traits: { phone: "+39 06 1234567" } }))
  await inTurn(40, (n) => identify({ anonymousId: `device-${n}`, traits: { email: "ann@example.com" } }))
  expect(await shared()).toEqual([])
  expect(await customerOf("device-40")).toBe(await customerOf("device-1"))
})

test("a till on which many give their address ends to make them one", async () => {
  await inTurn(30, async (n) => {
    await identify({ anonymousId: "till", traits: { email: `guest-${n}@example.com` } })
    await shop.services.sharedIdentifiers.refresh()
  })
  expect(await shared()).toMatchObject([{ type: "anonymousId", value: "till" }])
  const owners = new Set<string>()
  for (let n = 15; n <= 30; n++)
    owners.add(
      (await shop.services.store.customers.read({ type: "email", value: `guest-${n}@example.com` })).customerId,
    )
  expect(owners.size).toBe(16)
  const till = await customerOf("till")
  expect((await identify({ anonymousId: "till" })).customerId).toBe(till)
  expect(
    (await shop.ask("POST", "/v1/recommend", { body: { customer: { anonymousId: "till" }, placement: "a" } })).status,
  ).toBe(200)
  await shop.ask("POST", "/v1/alias", { key: "ingest", body: { userId: "regular", previousId: "till" } })
  expect((await shop.services.store.customers.read({ type: "userId", value: "regular" })).customerId).not.toBe(till)
})

test("what a public key says makes no identifier shared", async () => {
  await inTurn(30, (n) => identify({ userId: `claimed-${n}`, anonymousId: "victim" }, "write"))
  expect((await shared()).map(({ value }) => value)).not.toContain("victim")
})

test("an erasure takes what was counted of the customer's identifiers", async () => {
  await identify({ userId: "leaving", traits: { email: "both@example.com" } })
  await identify({ userId: "staying", traits: { email: "both@example.com" } })
  const counted = async () => (await shop.sql("select count(*)::int as n from identifier_counterparts"))[0]!.n as number
  const before = await counted()
  await shop.ask("DELETE", "/v1/customers/userId:leaving")
  expect(await counted()).toBeLessThan(before)
})
