import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { createPlanTurns } from "../../../src/actions/plans/advance-plans.ts"
import { newId } from "../../../src/start/new-id.ts"
import { expectProblem } from "../../contracts/route.ts"
import { releaseThatKeeps } from "../../support/keep.ts"
import { aCustomer, anItem } from "../../support/plans.ts"
import { openTestApp, type TestApp } from "../../support/test-app.ts"

let shop: TestApp
let turns: ReturnType<typeof createPlanTurns>

beforeAll(async () => {
  shop = await openTestApp({ release: await releaseThatKeeps(["brush"], 0.8) })
  turns = createPlanTurns(shop.services)
  await anItem(shop.services.store, "brush", { margin: 8 })
  for (let n = 0; n < 4; n++) await aCustomer(shop.services.store, `u-${n}`)
  await aCustomer(shop.services.store, "unknown", {})
  await shop.refreshCatalogue()
})
afterAll(() => shop.close())

const wanted = { name: "Parcels", freeReturn: true, budgets: { money: 1000, volume: 10 }, holdoutShare: 0 }

const create = (body: object) => shop.ask("POST", "/v1/plans", { key: "manage", body })
const read = (id: string) => shop.ask("GET", `/v1/plans/${id}`, { key: "read" })
const change = (id: string, verb: string, body: object = {}) => shop.ask("POST", `/v1/plans/${id}/${verb}`, { body })

async function created(given: object = {}): Promise<string> {
  const answer = await create({ ...wanted, ...given })
  expect(answer.status, answer.text).toBe(202)
  return String(answer.json.id)
}

async function planned(given: object = {}): Promise<string> {
  const id = await created(given)
  await turns.turn()
  return id
}

describe("POST /v1/plans", () => {
  test("answers 202 with the plan, its defaults filled in, before it is made", async () => {
    const { status, json } = await create(wanted)
    expect(status).toBe(202)
    expect(json).toMatchObject({
      name: "Parcels",
      status: "planning",
      summary: null,
      monitoring: null,
      plannedAt: null,
    })
    expect(json.request).toMatchObject({
      autonomyLevel: "parcel",
      promise: 0.7,
      minKeepProbability: 0.55,
      vetoHours: 72,
    })
    await turns.turn()
    expect((await read(String(json.id))).json).toMatchObject({
      status: "planned",
      summary: {
        customers: 5,
        eligible: 4,
        exclusions: expect.arrayContaining([{ reason: "consent", customers: 1, candidates: 0 }]),
        chosen: { sends: 4, customers: 4 },
        holdout: { sends: 0, customers: 0 },
      },
    })
  })

  test("is in the shop's currency unless it names one", async () => {
    const currencyOf = async (given: object) =>
      ((await create({ ...wanted, ...given })).json.request as { currency: string }).currency
    expect(await currencyOf({})).toBe("EUR")
    const settings = (body: object) => shop.ask("PUT", "/v1/settings", { body: { settings: body } })
    expect((await settings({ currency: "USD" })).status).toBe(200)
    expect(await currencyOf({})).toBe("USD")
    expect(await currencyOf({ currency: "EUR" })).toBe("EUR")
    expect((await settings({ currency: "EUR" })).status).toBe(200)
  })

  test.each([
    ["without budgets", { budgets: undefined }, "/budgets"],
    ["with an autonomy level that is none", { autonomyLevel: "shout" }, "/autonomyLevel"],
    ["with a name of version 0.1", { rung: "parcel" }, "/rung"],
    ["with a rule of a field that does not exist", { audience: "customer.shoeSize > 3.0" }, "/audience"],
    ["with a holdout of more than half", { holdoutShare: 0.6 }, "/holdoutShare"],
    ["with a promise above 1", { promise: 1.1 }, "/promise"],
    ["of a pilot that is too large", { pilot: true, budgets: { money: 1, volume: 501 } }, "/budgets/volume"],
  ])("is refused %s", async (_, given, pointer) => {
    const answer = await create({ ...wanted, ...given })
    expectProblem(answer, 400, "invalidRequest")
    expect((answer.json.errors as { pointer: string }[]).map((error) => error.pointer)).toContain(pointer)
  })

  test("is refused in another currency than the budget of its placement", async () => {
    const budget = { amount: 100, currency: "CHF", per: "month" }
    await shop.ask("PUT", "/v1/policies/alps", { body: { budget } })
    await shop.services.policies.refresh()
    const answer = await create({ ...wanted, placement: "alps" })
    expectProblem(answer, 400, "invalidRequest")
    expect(answer.json).toMatchObject({ errors: [{ pointer: "/currency", message: "must be CHF" }] })
  })

  test("is refused to keys that only read or send facts", async () => {
    for (const key of ["write", "ingest", "read"] as const)
      expectProblem(await shop.ask("POST", "/v1/plans", { key, body: wanted }), 403, "forbidden")
  })

  test("is refused while no release has learnt what is kept", async () => {
    const bare = await openTestApp()
    try {
      const answer = await bare.ask("POST", "/v1/plans", { body: wanted })
      expectProblem(answer, 409, "conflict")
      expect(answer.json.detail).toMatch(/train a release/)
    } finally {
      await bare.close()
    }
  })
})

describe("GET /v1/plans", () => {
  test("lists the newest first, page by page, each once", async () => {
    const made = [await created({ name: "one" }), await created({ name: "two" }), await created({ name: "three" })]
    const first = await shop.ask("GET", "/v1/plans?limit=2", { key: "read" })
    const idsIn = ({ json }: typeof first) => (json.plans as { id: string }[]).map(({ id }) => id)
    expect(idsIn(first)).toEqual([made[2], made[1]])
    const second = await shop.ask("GET", `/v1/plans?limit=2&cursor=${first.json.nextCursor}`, { key: "read" })
    expect(idsIn(second)[0]).toBe(made[0])
    expect(new Set([...idsIn(first), ...idsIn(second)]).size).toBe(idsIn(first).length + idsIn(second).length)
    await turns.turn()
  })

  test.each(["limit=0", "limit=many", "cursor=nonsense", "status=done"])("is refused with ?%s", async (query) => {
    expectProblem(await shop.ask("GET", `/v1/plans?${query}`), 400, "invalidRequest")
  })

  test("is refused to public keys", async () => {
    expectProblem(await shop.ask("GET", "/v1/plans", { key: "write" }), 403, "forbidden")
  })
})

describe("GET /v1/plans/{id}", () => {
  test("answers 404 for an unknown plan and says where plans are listed", async () => {
    const answer = await read(newId())
    expectProblem(answer, 404, "notFound")
    expect(answer.json.detail).toMatch(/GET \/v1\/plans/)
  })

  test("answers 400 for an id that is none", async () => {
    expectProblem(await read("nonsense"), 400, "invalidRequest")
  })
})

describe("the verbs of a plan", () => {
  test("lead from planned over approved, running and halted back to running, each repeated without harm", async () => {
    const id = await planned()
    const steps = [
      ["approve", "approved"],
      ["start", "running"],
      ["halt", "halted"],
      ["resume", "running"],
    ] as const
    for (const [verb, status] of steps)
      for (const _ of ["once", "again"]) expect((await change(id, verb)).json).toMatchObject({ id, status })
    const { json } = await read(id)
    expect(json.approvedAt).not.toBeNull()
    expect(json.startedAt).not.toBeNull()
    await change(id, "halt", { reason: "stock is being counted" })
    expect((await read(id)).json).toMatchObject({ status: "halted", reason: "stock is being counted" })
  })

  test.each([
    ["start", "must be approved"],
    ["halt", "must be approved or running"],
    ["resume", "before its start"],
  ])("%s is refused of a plan that is only planned", async (verb, text) => {
    const answer = await change(await planned(), verb)
    expectProblem(answer, 409, "conflict")
    expect(answer.json.detail).toContain(text)
  })

  test("none is possible while the plan is being made, nor after a dry run", async () => {
    const made = await created()
    expectProblem(await change(made, "approve"), 409, "conflict")
    await turns.turn()
    const dry = await planned({ dryRun: true })
    const answer = await change(dry, "approve")
    expectProblem(answer, 409, "conflict")
    expect(answer.json.detail).toMatch(/dry run/)
  })

  test("a plan halted before its start cannot be resumed", async () => {
    const id = await planned()
    await change(id, "approve")
    await change(id, "halt")
    expectProblem(await change(id, "resume"), 409, "conflict")
  })

  test("answer 404 for an unknown plan, and 400 for an unknown field or an endless reason", async () => {
    for (const verb of ["approve", "start", "halt", "resume"]) {
      expectProblem(await change(newId(), verb), 404, "notFound")
      expectProblem(await change(newId(), verb, { why: "because" }), 400, "invalidRequest")
      expectProblem(await change(newId(), verb, { reason: "x".repeat(501) }), 400, "invalidRequest")
    }
  })

  test("a key that manages drafts may halt, and neither approve, start nor resume", async () => {
    const id = await planned()
    const asManager = (verb: string) => shop.ask("POST", `/v1/plans/${id}/${verb}`, { key: "manage", body: {} })
    for (const verb of ["approve", "start", "resume"]) expectProblem(await asManager(verb), 403, "forbidden")
    await change(id, "approve")
    expect((await asManager("halt")).json).toMatchObject({ status: "halted" })
  })
})
