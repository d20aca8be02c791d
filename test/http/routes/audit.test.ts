import { createHash } from "node:crypto"
import { afterAll, beforeAll, expect, test } from "vitest"
import { expectProblem } from "../../contracts/route.ts"
import { openTestApp, type TestApp } from "../../support/test-app.ts"

let shop: TestApp
beforeAll(async () => {
  shop = await openTestApp()
})
afterAll(() => shop.close())

interface Entry {
  id: string
  at: string
  actor: { kind: string; id: string; name: string }
  action: string
  subject: { kind: string; id: string | null }
  before: Record<string, unknown> | null
  after: Record<string, unknown> | null
  requestId: string | null
}

async function list(query = ""): Promise<{ entries: Entry[]; nextCursor: string | null }> {
  const answer = await shop.ask("GET", `/v1/audit${query}`)
  expect(answer.status).toBe(200)
  return answer.json as never
}

const putPolicy = (placement: string, body: object = {}) => shop.ask("PUT", `/v1/policies/${placement}`, { body })

test("an entry says who changed what, by which request, from what to what", async () => {
  const put = await putPolicy("home", { explorationCostShare: 0.3 })
  const { entries } = await list("?subject=policy:home")
  expect(entries).toEqual([
    {
      id: expect.stringMatching(/^\d+$/),
      at: expect.any(String),
      actor: { kind: "key", id: expect.any(String), name: "test" },
      action: "policies.put",
      subject: { kind: "policy", id: "home" },
      before: null,
      after: { version: "home-1", policy: put.json.policy },
      requestId: put.headers.get("x-request-id"),
    },
  ])
})

test("a refused change and a dry run leave no entry", async () => {
  expectProblem(await putPolicy("refused", { explorationCostShare: -1 }), 400, "invalidRequest")
  expectProblem(await shop.ask("PUT", "/v1/settings", { body: { settings: {}, ifVersion: 99 } }), 409, "conflict")
  expect((await shop.ask("PUT", "/v1/policies/refused?dryRun=10", { body: {} })).status).toBe(200)
  expect((await list("?subject=policy:refused")).entries).toEqual([])
  expect((await list("?subject=settings")).entries).toEqual([])
})

test("pages come newest first and hold every entry once", async () => {
  for (let n = 0; n < 5; n++) await putPolicy("paged")
  const versions: unknown[] = []
  let cursor = ""
  for (;;) {
    const { entries, nextCursor } = await list(`?subject=policy:paged&limit=2${cursor}`)
    versions.push(...entries.map(({ after }) => after?.version))
    if (nextCursor === null) break
    expect(entries).toHaveLength(2)
    cursor = `&cursor=${nextCursor}`
  }
  expect(versions).toEqual([5, 4, 3, 2, 1].map((n) => `paged-${n}`))
})

test("actor, action, subject and times filter", async () => {
  await putPolicy("filtered")
  await shop.ask("PUT", "/v1/settings", { body: { settings: { name: "Filtered" } } })
  const [settings] = (await list("?action=settings.put")).entries
  expect(settings).toMatchObject({ subject: { kind: "settings", id: "shop" }, before: null, after: { version: 1 } })
  const [policy] = (await list("?subject=policy:filtered")).entries
  const idsOf = async (query: string) => (await list(query)).entries.map(({ id }) => id)
  expect(await idsOf("?subject=settings")).toEqual([settings!.id])
  expect(await idsOf(`?actor=${policy!.actor.id}&limit=200`)).toContain(policy!.id)
  expect(await idsOf("?actor=somebody-else")).toEqual([])
  const since = encodeURIComponent(policy!.at)
  expect(await idsOf(`?since=${since}&subject=policy:filtered`)).toEqual([policy!.id])
  expect(await idsOf(`?until=${since}&subject=policy:filtered`)).toEqual([])
  expectProblem(await shop.ask("GET", "/v1/audit?subject=planet:mars"), 400, "invalidRequest")
  expectProblem(await shop.ask("GET", "/v1/audit?action=policies.eat"), 400, "invalidRequest")
})

test("of a state above 64 KB the size and the digest are kept", async () => {
  const policy = { offers: { ids: Array.from({ length: 900 }, (_, n) => `${n}-${"x".repeat(90)}`) } }
  const put = await putPolicy("large", policy)
  expect(put.status).toBe(200)
  const [entry] = (await list("?subject=policy:large")).entries
  const text = JSON.stringify({ version: "large-1", policy: put.json.policy })
  const sha256 = createHash("sha256").update(text).digest("hex")
  expect(entry!.after).toEqual({ omitted: { bytes: Buffer.byteLength(text), sha256 } })
  expect(Buffer.byteLength(text)).toBeGreaterThan(65_536)
})

test("an erasure empties the entries about the customer and leaves one that does not name them", async () => {
  const email = "erased@mail.example"
  await shop.sql(`insert into shared_identifiers (type, value, since) values ('email', '${email}', now())`)
  const allowed = await shop.ask("POST", "/v1/shared-identifiers/allow", { body: { type: "email", value: email } })
  expect(allowed.status).toBe(200)
  const { json } = await shop.ask("POST", "/v1/identify", { body: { userId: "erased", traits: { email } } })
  const [{ customerId }] = json.results as [{ customerId: string }]
  const consent = { granted: true, at: "2026-01-01T00:00:00Z", source: "a-form-of-theirs" }
  await shop.ask("PUT", "/v1/customers/userId:erased/consents/marketing", { body: consent })
  expect((await list(`?subject=customer:${customerId}`)).entries).toMatchObject([{ action: "consents.set" }])
  const erasing = await shop.ask("DELETE", "/v1/customers/userId:erased")
  const { entries } = await list("?limit=3")
  expect(entries.map(({ action }) => action)).toEqual(["customers.erase", "consents.set", "identifiers.allow"])
  expect(entries[0]).toMatchObject({
    subject: { kind: "customer", id: null },
    after: { rowsErased: erasing.json.rowsErased },
    requestId: erasing.headers.get("x-request-id"),
  })
  for (const { actor, subject, before, after } of entries.slice(1))
    expect({ actor, id: subject.id, before, after }).toEqual({
      actor: expect.objectContaining({ name: "test" }),
      id: null,
      before: null,
      after: null,
    })
  const [log] = await shop.sql("select string_agg(own::text, ' ') as text from audit_log own")
  for (const personal of [customerId, email, consent.source]) expect(log!.text).not.toContain(personal)
})
