import { afterAll, beforeAll, expect, test } from "vitest"
import { expectProblem } from "../../contracts/route.ts"
import { openTestApp, type TestApp } from "../../support/test-app.ts"

let shop: TestApp
beforeAll(async () => {
  shop = await openTestApp()
})
afterAll(() => shop.close())

const ago = (seconds: number) => new Date(shop.services.clock() - seconds * 1000).toISOString()
const said = (userId: string, more: object = {}) => ({
  customer: { userId },
  purpose: "marketing",
  granted: true,
  at: ago(100),
  source: "form",
  ...more,
})
const send = (consents: readonly unknown[], key: "ingest" | "read" = "ingest") =>
  shop.ask("POST", "/v1/consents", { key, body: { consents } })
/** Sends, and sends again while others change the same customers for longer than is waited. */
async function sendPatiently(consents: readonly unknown[]) {
  for (;;) {
    const answer = await send(consents)
    if (answer.status !== 503) return answer
  }
}
const ledgerOf = async (userId: string) =>
  (await shop.ask("GET", `/v1/customers/userId:${userId}/consents`, { key: "read" })).json.statements as object[]
const heldOf = async (userId: string) =>
  (await shop.services.store.customers.read({ type: "userId", value: userId })).consents
const writes = async () => {
  const [row] = await shop.sql(
    "select coalesce(max(version), 0)::int as version, count(*)::int as profiles from profiles",
  )
  return row
}

test("statements of many customers are held, kept in the ledger and audited one by one", async () => {
  const names = Array.from({ length: 60 }, (_, n) => `many-${n}`)
  const { status, json } = await send(names.flatMap((name) => [said(name), said(name, { purpose: "service" })]))
  expect(status).toBe(200)
  expect(json.recorded).toBe(120)
  for (const name of [names[0]!, names.at(-1)!]) {
    expect(await heldOf(name)).toMatchObject({ marketing: { granted: true }, service: { granted: true } })
    expect(await ledgerOf(name)).toHaveLength(2)
  }
  const [audited] = await shop.sql("select count(*)::int as n from audit_log where action = 'consents.set'")
  expect(audited).toEqual({ n: 120 })
})

test("sent again, they change neither consents nor ledger", async () => {
  const body = [said("again"), said("again", { granted: false, at: ago(50) })]
  await send(body)
  const held = await heldOf("again")
  const { json } = await send(body)
  expect(json.recorded).toBe(2)
  expect(await heldOf("again")).toEqual(held)
  expect(await ledgerOf("again")).toHaveLength(2)
})

test("of one customer's statements in a request the latest by its own time holds, whatever their order", async () => {
  const [grant, refusal] = [said("order", { at: ago(10) }), said("order", { granted: false, at: ago(20) })]
  await send([grant, refusal])
  expect((await heldOf("order")).marketing).toMatchObject({ granted: true })
  const { json } = await send([said("order"), said("order", { granted: false, at: ago(5) })])
  expect((json.results as { customerId: string }[])[0]!.customerId).toBe(
    (json.results as { customerId: string }[])[1]!.customerId,
  )
  expect((await heldOf("order")).marketing).toMatchObject({ granted: false })
})

test("a statement that says the same twice in one request stands once in the ledger", async () => {
  const one = said("twice")
  await send([one, { ...one, channels: undefined }, one])
  expect(await ledgerOf("twice")).toHaveLength(1)
})

test("a bad statement loses none of the good ones, and each says what is wrong with it", async () => {
  const future = new Date(shop.services.clock() + 3_600_000).toISOString()
  const { status, json } = await send([
    said("good"),
    said("bad", { purpose: "gossip" }),
    said("late", { at: future }),
    said("undefined"),
    { ...said("x"), customer: { customerId: "01890000-0000-7000-8000-000000000000" } },
    { ...said("x"), customer: { token: "forged" } },
    said("null\u0000"),
  ])
  expect(status).toBe(200)
  expect(json.recorded).toBe(1)
  const results = json.results as { status: string; errors?: { pointer: string }[] }[]
  expect(results.map(({ errors }) => errors?.[0]?.pointer)).toEqual([
    undefined,
    "/consents/1/purpose",
    "/consents/2/at",
    "/consents/3/customer",
    "/consents/4/customer",
    "/consents/5/customer",
    "/consents/6/customer/userId",
  ])
  expect(await heldOf("good")).toMatchObject({ marketing: { granted: true } })
})

test("where no statement is good the request is refused and nothing is written", async () => {
  const before = await writes()
  expectProblem(await send([said("nobody", { at: "1960-01-01T00:00:00Z" }), { customer: {} }]), 400, "invalidRequest")
  expectProblem(await send([]), 400, "invalidRequest")
  expect(await writes()).toEqual(before)
})

test("only who may tell facts of persons may tell consents", async () => {
  expectProblem(await send([said("reader")], "read"), 403, "forbidden")
})

test("many statements of one request share commits", async () => {
  const commits = async () => {
    const [row] = await shop.sql(
      "select count(distinct xmin::text)::int as n from profiles where created_at > now() - interval '1 hour'",
    )
    return row!.n as number
  }
  const before = await commits()
  await send(Array.from({ length: 400 }, (_, n) => said(`shared-${n}`)))
  expect((await commits()) - before).toBe(1)
})

test("statements that meet merges of their customers are those of whom they became", async () => {
  for (let round = 0; round < 4; round++) {
    const pairs = Array.from({ length: 8 }, (_, n) => [`keeps-${round}-${n}`, `joins-${round}-${n}`] as const)
    const batch = pairs.flat().map((userId) => ({ type: "track", userId, event: "Page Viewed" }))
    await shop.ask("POST", "/v1/batch", { key: "ingest", body: { batch } })
    const ids = await Promise.all(
      pairs.map(async ([, b]) => (await shop.services.store.customers.read({ type: "userId", value: b })).customerId),
    )
    const byName = pairs.map(([, b]) => said(b, { granted: false }))
    const byId = ids.map((customerId) => ({
      ...said("", { granted: false, purpose: "service" }),
      customer: { customerId },
    }))
    const [answer] = await Promise.all([
      sendPatiently([...byName, ...byId]),
      ...pairs.map(([userId, previousId]) =>
        shop.ask("POST", "/v1/alias", { key: "ingest", body: { userId, previousId } }),
      ),
    ])
    expect(answer.json).toMatchObject({ recorded: 16 })
    for (const [a] of pairs)
      expect(await heldOf(a)).toMatchObject({ marketing: { granted: false }, service: { granted: false } })
  }
})

test("two requests that name the same new customers make each of them once", async () => {
  const names = Array.from({ length: 40 }, (_, n) => `both-${n}`)
  const answers = await Promise.all([
    send(names.map((name) => said(name))),
    send(names.toReversed().map((name) => said(name, { purpose: "service" }))),
  ])
  for (const { json } of answers) expect(json.recorded).toBe(40)
  for (const name of names)
    expect(await heldOf(name)).toMatchObject({ marketing: { granted: true }, service: { granted: true } })
})
