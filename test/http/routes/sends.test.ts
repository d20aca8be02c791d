import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { signVetoToken } from "../../../src/actions/sends/veto-token.ts"
import type { SendState } from "../../../src/core/history/send-state.ts"
import { newId } from "../../../src/start/new-id.ts"
import { expectProblem } from "../../contracts/route.ts"
import { aCustomer, anItem, aRunningPlan, optIn, request, say } from "../../support/plans.ts"
import { openTestApp, type TestApp } from "../../support/test-app.ts"

let shop: TestApp
let customerIds: string[]

beforeAll(async () => {
  shop = await openTestApp()
  customerIds = await Promise.all(Array.from({ length: 3 }, (_, n) => aCustomer(shop.services.store, `u-${n}`)))
})
afterAll(() => shop.close())

/** Sends of a running plan, one a customer and of an item of its own, led through the states. */
async function sends(...walk: SendState[]): Promise<{ planId: string; ids: string[] }> {
  const { store } = shop.services
  const itemId = `brush-${newId()}`
  await anItem(store, itemId, { title: "A <fine> brush", margin: 8 })
  await shop.refreshCatalogue()
  const inFlight = { budgets: { money: 1e6, volume: 1e6, inFlightPerCustomer: 20 } }
  const proposals = customerIds.map((customerId) => ({ customerId, itemId }))
  const { planId, sendIds } = await aRunningPlan(store, request(inFlight), proposals)
  for (const state of walk)
    for (const { status, reason } of await say(store, state, sendIds))
      expect([status, reason]).toEqual(["recorded", undefined])
  return { planId, ids: sendIds }
}

const now = () => new Date(shop.services.clock()).toISOString()
const report = (id: string, state: string, body: object = {}, key: "ingest" | "read" | "write" | "manage" = "ingest") =>
  shop.ask("POST", `/v1/sends/${id}/${state}`, { key, body: { at: now(), ...body } })
const read = (id: string) => shop.ask("GET", `/v1/sends/${id}`, { key: "read" })

describe("GET /v1/sends", () => {
  test("pages through a plan's sends by id, each once, and filters by state", async () => {
    const { planId, ids } = await sends("approved")
    const list = async (query: string) => {
      const { json } = await shop.ask("GET", `/v1/sends?plan=${planId}${query}`, { key: "read" })
      return { ids: (json.sends as { id: string }[]).map(({ id }) => id), nextCursor: json.nextCursor }
    }
    const first = await list("&limit=2")
    const second = await list(`&limit=2&cursor=${first.nextCursor}`)
    expect([...first.ids, ...second.ids]).toEqual([...ids].sort())
    expect(second.nextCursor).toBeNull()
    expect((await list("&state=approved")).ids).toHaveLength(3)
    expect((await list("&state=kept")).ids).toEqual([])
  })

  test.each([
    "",
    "plan=nonsense",
    `plan=${newId()}&state=nowhere`,
    `plan=${newId()}&limit=0`,
    `plan=${newId()}&cursor=x`,
  ])("is refused with ?%s", async (query) => {
    expectProblem(await shop.ask("GET", `/v1/sends?${query}`), 400, "invalidRequest")
  })

  test("of an unknown plan is an empty page", async () => {
    expect((await shop.ask("GET", `/v1/sends?plan=${newId()}`)).json).toEqual({ sends: [], nextCursor: null })
  })
})

describe("GET /v1/sends/{id}", () => {
  test("answers a send with its probabilities and the time of each state", async () => {
    const { planId, ids } = await sends("approved", "reserved")
    expect((await read(ids[0]!)).json).toMatchObject({
      id: ids[0],
      planId,
      itemId: expect.stringMatching(/^brush-/),
      autonomyLevel: "parcel",
      state: "reserved",
      inHoldout: false,
      keepProbability: 0.8,
      organicProbability: 0.1,
      expectedValue: 3,
      times: { proposed: expect.any(String), approved: expect.any(String), reserved: expect.any(String) },
      vetoUntil: null,
      resolveBy: expect.any(String),
    })
  })

  test("answers 404 for an unknown send, 400 for an id that is none, 403 to a public key", async () => {
    expectProblem(await read(newId()), 404, "notFound")
    expectProblem(await read("nonsense"), 400, "invalidRequest")
    expectProblem(await shop.ask("GET", `/v1/sends/${newId()}`, { key: "write" }), 403, "forbidden")
  })
})

describe("POST /v1/sends/{id}/{state}", () => {
  test("records each report once, in its order", async () => {
    const { ids } = await sends("approved", "reserved")
    for (const state of ["dispatched", "delivered", "returned"]) {
      expect((await report(ids[0]!, state)).json).toMatchObject({ status: "recorded", send: { state } })
      expect((await report(ids[0]!, state)).json).toMatchObject({ status: "repeated", send: { state } })
    }
    const late = await report(ids[0]!, "kept")
    expectProblem(late, 409, "conflict")
    expect(late.json.detail).toMatch(/that state is final/)
  })

  test("is refused before the send is reserved, after a veto, and while the plan is halted", async () => {
    const { ids } = await sends("approved")
    const early = await report(ids[0]!, "dispatched")
    expectProblem(early, 409, "conflict")
    expect(early.json.detail).toMatch(/it can become reserved, vetoed/)
    const { planId, ids: reserved } = await sends("approved", "reserved")
    await report(reserved[0]!, "veto")
    expectProblem(await report(reserved[0]!, "dispatched"), 409, "conflict")
    await shop.ask("POST", `/v1/plans/${planId}/halt`, { body: {} })
    const halted = await report(reserved[1]!, "dispatched")
    expectProblem(halted, 409, "conflict")
    expect(halted.json.detail).toMatch(/its plan is halted/)
  })

  test("is refused once the customer withdrew the opt-in", async () => {
    const { ids } = await sends("approved", "reserved")
    const { customerId } = (await read(ids[2]!)).json
    const body = optIn({ granted: false, at: now() })
    await shop.ask("PUT", `/v1/customers/${customerId}/consents/unasked-parcel`, { key: "ingest", body })
    const answer = await report(ids[2]!, "dispatched")
    expectProblem(answer, 409, "conflict")
    expect(answer.json.detail).toMatch(/not opted in/)
    await shop.ask("PUT", `/v1/customers/${customerId}/consents/unasked-parcel`, {
      key: "ingest",
      body: optIn({ at: now() }),
    })
  })

  test("is refused for a state that a shop does not report, a time to come, and an unknown send", async () => {
    const { ids } = await sends("approved", "reserved")
    for (const state of ["approved", "reserved", "gifted", "nowhere"])
      expect([400, 404]).toContain((await report(ids[0]!, state)).status)
    const tomorrow = new Date(shop.services.clock() + 86_400_000).toISOString()
    expectProblem(await report(ids[0]!, "dispatched", { at: tomorrow }), 400, "invalidRequest")
    expectProblem(await report(ids[0]!, "dispatched", { at: "yesterday" }), 400, "invalidRequest")
    expectProblem(await report(ids[0]!, "dispatched", { by: "me" }), 400, "invalidRequest")
    expectProblem(await report(newId(), "dispatched"), 404, "notFound")
    expect((await read(ids[0]!)).json).toMatchObject({ state: "reserved" })
  })

  test("is for keys that send facts", async () => {
    const { ids } = await sends("approved", "reserved")
    for (const key of ["read", "write", "manage"] as const)
      expectProblem(await report(ids[0]!, "dispatched", {}, key), 403, "forbidden")
  })
})

describe("POST /v1/sends/{id}/veto", () => {
  test("with a public key needs a token of the customer or of the send", async () => {
    const { ids } = await sends("approved", "reserved")
    const [one, two] = [ids[0]!, ids[1]!]
    const veto = (id: string, body: object) => report(id, "veto", body, "write")
    expectProblem(await veto(one, {}), 403, "customerTokenRequired")
    expect((await veto(one, { token: "made-up" })).status).toBe(403)
    const of = await signVetoToken(shop.services, two)
    expect((await veto(one, { token: of })).status).toBe(403)
    expect((await veto(two, { token: of })).json).toMatchObject({ status: "recorded", send: { state: "vetoed" } })
    expect((await veto(two, { token: of })).json).toMatchObject({ status: "repeated", send: { state: "vetoed" } })
    const customer = { customerId: (await read(one)).json.customerId }
    const { json } = await shop.ask("POST", "/v1/customer-tokens", { key: "read", body: { customer } })
    expectProblem(await veto(ids[2]!, { token: json.token }), 404, "notFound")
    expect((await veto(one, { token: json.token })).json).toMatchObject({ status: "recorded" })
  })

  test("comes too late after the dispatch", async () => {
    const { ids } = await sends("approved", "reserved", "dispatched")
    const answer = await report(ids[0]!, "veto")
    expectProblem(answer, 409, "conflict")
    expect(answer.json.detail).toMatch(/can no longer be vetoed/)
  })

  test("answers 404 for an unknown send", async () => {
    expectProblem(await report(newId(), "veto"), 404, "notFound")
  })
})

describe("/v1/v/{token}", () => {
  const page = (method: string, token: string) => shop.ask(method, `/v1/v/${token}`, { key: "none" })

  test("asks, changes nothing by being looked at, and records the veto when its button is pressed", async () => {
    const { ids } = await sends("approved", "reserved")
    const token = await signVetoToken(shop.services, ids[0]!)
    const asked = await page("GET", token)
    expect(asked.status).toBe(200)
    expect(asked.headers.get("cache-control")).toBe("no-store")
    expect(asked.text).toContain("<form method")
    expect(asked.text).toContain("A &#60;fine&#62; brush")
    expect((await read(ids[0]!)).json).toMatchObject({ state: "reserved" })
    for (const _ of ["once", "again"]) expect((await page("POST", token)).text).toContain("will not be sent")
    expect((await read(ids[0]!)).json).toMatchObject({ state: "vetoed" })
    expect((await page("GET", token)).text).not.toContain("<form method")
  })

  test("says that it is too late after the dispatch", async () => {
    const { ids } = await sends("approved", "reserved", "dispatched")
    const token = await signVetoToken(shop.services, ids[0]!)
    for (const method of ["GET", "POST"]) expect((await page(method, token)).text).toContain("returned free of charge")
    expect((await read(ids[0]!)).json).toMatchObject({ state: "dispatched" })
  })

  test("answers 404 for a token that was cut short or made elsewhere, and 400 for what cannot be one", async () => {
    const { ids } = await sends("approved", "reserved")
    const token = await signVetoToken(shop.services, ids[0]!)
    for (const method of ["GET", "POST"]) {
      expectProblem(await page(method, token.slice(0, -2)), 404, "notFound")
      expectProblem(await page(method, "made-up"), 404, "notFound")
      expectProblem(await page(method, "%3Cscript%3E"), 400, "invalidRequest")
    }
    const other = await shop.ask("POST", "/v1/customer-tokens", { key: "read", body: { customer: { userId: "u-0" } } })
    expectProblem(await page("POST", String(other.json.token)), 404, "notFound")
    expect((await read(ids[0]!)).json).toMatchObject({ state: "reserved" })
  })
})
