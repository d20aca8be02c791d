import { afterAll, beforeAll, expect, test } from "vitest"
import type { AuditSubjectKind } from "../../../src/core/access/audit-action.ts"
import { offerSchema } from "../../../src/core/catalogue/offer.ts"
import { policyDraftSchema } from "../../../src/core/policy/policy.ts"
import { shopSettingsSchema } from "../../../src/core/settings/shop-settings.ts"
import { newId } from "../../../src/start/new-id.ts"
import type { Store } from "../../../src/store/store.ts"
import { tester } from "../../support/actor.ts"
import { createTestDatabase, openTestStore } from "../../support/database.ts"

let stores: [Store, Store]
beforeAll(async () => {
  const url = await createTestDatabase()
  stores = [await openTestStore(url), await openTestStore(url)]
})
afterAll(() => Promise.all(stores.map((store) => store.close())))

const writers = 8
/** Writes at once from two processes. */
const atOnce = <T>(write: (store: Store, n: number) => Promise<T>): Promise<T[]> =>
  Promise.all(Array.from({ length: writers }, (_, n) => write(stores[n % 2]!, n)))

/** Returns the states that the changes of a subject lead through; throws where one does not begin where the one before ended. */
async function chainOf(kind: AuditSubjectKind, id: string | null): Promise<unknown[]> {
  const entries = (await stores[0].audit.list({ subject: { kind, id }, limit: 100 })).reverse()
  for (const [n, { before }] of entries.entries()) expect(before).toEqual(n === 0 ? null : entries[n - 1]!.after)
  return entries.map(({ after }) => after)
}

test("policies put at once follow one another", async () => {
  await atOnce((store, n) =>
    store.policies.append("home", policyDraftSchema.parse({ explorationCostShare: 0.01 * (n + 1) }), {
      at: Date.now(),
      actor: tester,
    }),
  )
  expect(await chainOf("policy", "home")).toHaveLength(writers)
})

test("of settings put at once one wins, and leaves the one entry", async () => {
  const results = await atOnce((store, n) =>
    store.shopSettings.append(shopSettingsSchema.parse({ name: `Shop ${n}` }), {
      after: 0,
      at: Date.now(),
      actor: tester,
    }),
  )
  const won = results.filter((put) => put !== null)
  expect(won).toHaveLength(1)
  expect(await chainOf("settings", "shop")).toEqual([{ version: 1, settings: won[0]!.settings }])
})

test("offers written at once follow one another, the first one included", async () => {
  await atOnce((store, n) =>
    store.offers.upsert(
      [offerSchema.parse({ id: "spring", kind: "promotion", title: `Spring ${n}`, value: 1 })],
      tester,
    ),
  )
  expect(await chainOf("offer", "spring")).toHaveLength(writers)
})

test("consents of one customer set at once follow one another", async () => {
  const who = { type: "userId", value: "ann" } as const
  const held = await atOnce((store, n) => {
    const consent = { granted: n % 2 === 0, at: `2026-01-0${n + 1}T00:00:00.000Z`, source: "form" }
    return store.customers.setConsent(who, "marketing", consent, { nowMs: Date.now(), actor: tester })
  })
  const states = await chainOf("customer", held[0]!.customerId)
  expect(states.at(-1)).toEqual({
    marketing: held.find((one) => one!.consents.marketing?.at.startsWith("2026-01-08"))!.consents.marketing,
  })
})

test("promotions at once each name the release that was live before", async () => {
  const ids = await atOnce(async (store) => {
    const id = newId()
    await store.releases.save({ id, artifacts: {}, manifest: {}, createdAt: Date.now() }, tester)
    await store.releases.promote(id, { at: Date.now(), forced: false, actor: tester })
    return id
  })
  const promotions = (await stores[0].audit.list({ action: "models.promote", limit: 100 })).reverse()
  expect(promotions.map(({ subject }) => subject.id).sort()).toEqual([...ids].sort())
  const formers = promotions.map(({ before }) => before?.live)
  expect(formers).toEqual([null, ...promotions.slice(0, -1).map(({ subject }) => subject.id)])
})
