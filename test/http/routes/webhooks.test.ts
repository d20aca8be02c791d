import { afterAll, beforeAll, expect, test } from "vitest"
import { guardedLookup, reachFault } from "../../../src/delivery/reachable-address.ts"
import { expectProblem } from "../../contracts/route.ts"
import { openTestApp, type TestApp } from "../../support/test-app.ts"

let shop: TestApp
beforeAll(async () => {
  shop = await openTestApp()
})
afterAll(() => shop.close())

test("an endpoint is registered, listed without its secret, and deleted", async () => {
  const made = await shop.ask("POST", "/v1/webhooks", {
    body: { url: "https://shop.example/hook", types: ["plan.halted"] },
  })
  expect(Buffer.from((made.json.secret as string).replace(/^whsec_/, ""), "base64")).toHaveLength(32)
  const { secret, ...shown } = made.json
  const listed = await shop.ask("GET", "/v1/webhooks")
  expect(listed.json.webhooks).toEqual([shown])
  expect(listed.text).not.toContain(secret)
  expect((await shop.ask("DELETE", `/v1/webhooks/${made.json.id}`)).status).toBe(200)
  expectProblem(await shop.ask("DELETE", `/v1/webhooks/${made.json.id}`), 404, "notFound")
  expectProblem(await shop.ask("POST", `/v1/webhooks/${made.json.id}/secret`), 404, "notFound")
})

test.each([
  ["http://shop.example/hook", "plain http"],
  ["ftp://shop.example/hook", "another protocol"],
  ["https://me:secret@shop.example/hook", "a password"],
  ["/hook", "no host"],
  ["https://169.254.169.254/latest", "where clouds keep credentials"],
  ["https://[fe80::1]/", "a link-local address"],
  ["https://10.0.0.7/hook", "a private network"],
  ["https://[::ffff:10.0.0.7]/hook", "a private network in another notation"],
  ["https://0x0a000007/hook", "a private network in hexadecimal"],
])("an endpoint at %s is refused: %s", async (url) => {
  const answer = await shop.ask("POST", "/v1/webhooks", { body: { url } })
  expectProblem(answer, 400, "invalidRequest")
  expect(answer.json.errors).toMatchObject([{ pointer: "/url" }])
})

test("private networks can be allowed, and what is link-local never", () => {
  const reach = { loopback: false, privateNetworks: true }
  expect(reachFault("192.168.1.4", reach)).toBeUndefined()
  expect(reachFault("fd00::4", reach)).toBeUndefined()
  expect(reachFault("169.254.169.254", reach)).toBeDefined()
  expect(reachFault("93.184.215.14", { ...reach, privateNetworks: false })).toBeUndefined()
})

test("a name that leads to this machine is not connected to, as an address was not written", async () => {
  const found = (reach: { loopback: boolean; privateNetworks: boolean }) =>
    new Promise((resolve) =>
      guardedLookup(reach)("localhost", {}, (error, address) => resolve(error?.message ?? address)),
    )
  expect(await found({ loopback: false, privateNetworks: true })).toMatch(/is this machine itself/)
  expect(await found({ loopback: true, privateNetworks: false })).toMatch(/^(127\.0\.0\.1|::1)$/)
})
