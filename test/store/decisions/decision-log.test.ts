import { afterAll, expect, test } from "vitest"
import type { LoggedDecisionRow } from "../../../src/store/decisions/decision-log.ts"
import type { Decision } from "../../../src/store/decisions/decision-types.ts"
import { openTestStore } from "../../support/database.ts"
import { decisionRow } from "../../support/decision-rows.ts"

const store = await openTestStore()
afterAll(() => store.close())

const hour = 3_600_000
const noon = Date.UTC(2024, 5, 1, 12)
const customerId = "0190a000-0000-7000-8000-000000000001"
const idOf = (n: number) => `0190a000-0000-7000-8000-${String(n).padStart(12, "0")}`

const decision = (n: number, changes: Partial<Decision> = {}): Decision =>
  decisionRow({ id: idOf(n), customerId, at: noon + n * hour, policyVersion: "p1", trace: { n }, ...changes })

async function readAll(range: { from: number; until: number; waitMs: number }): Promise<LoggedDecisionRow[]> {
  const rows: LoggedDecisionRow[] = []
  for await (const batch of store.decisionLog.read(range)) rows.push(...batch)
  return rows
}

test("decisions come oldest first, each once, with what came of them", async () => {
  const made = [3, 1, 2].map((n) => decision(n, n === 2 ? { offerId: null, kind: "nothing" } : {}))
  for (const one of [...made, decision(9, { verb: "recommend", channel: null })]) await store.decisions.append(one)
  const bought = { messageId: "m", outcome: "purchase", reportedAt: noon + 2 * hour, value: 5 } as const
  await store.decisions.recordOutcome(idOf(1), bought, noon + 3 * hour)
  const rows = await readAll({ from: noon, until: noon + 24 * hour, waitMs: hour })
  expect(rows.map(({ trace }) => trace.n)).toEqual([1, 2, 3])
  expect(rows[0]).toMatchObject({
    customerId,
    at: noon + hour,
    offerId: "spring",
    reached: true,
    outcomes: [{ outcome: "purchase", at: noon + 2 * hour, value: 5 }],
  })
  expect(rows[1]).toMatchObject({ offerId: null, reached: false, outcomes: [] })
})

test("an order counts within the waiting time, and not after", async () => {
  const ordered = { messageId: "order", at: noon + 3.5 * hour, name: "Order Completed", lines: [], properties: {} }
  const identifiers = [{ type: "userId", value: "u" }] as const
  const [result] = await store.events.ingest([{ ...ordered, identifiers }], {
    mayMerge: true,
    receivedAt: noon + 3.5 * hour,
    deriveVector: () => null,
  })
  const buyer = result!.customerId!
  for (const n of [13, 12]) await store.decisions.append(decision(n, { customerId: buyer, at: noon + (n - 10) * hour }))
  const rows = await readAll({ from: noon, until: noon + 24 * hour, waitMs: hour })
  expect(rows.filter(({ customerId: of }) => of === buyer).map(({ at, ordered: did }) => [at, did])).toEqual([
    [noon + 2 * hour, false],
    [noon + 3 * hour, true],
  ])
})

test("more decisions than one batch holds are read on, even of one moment", async () => {
  const from = noon + 48 * hour
  for (let batch = 0; batch < 3; batch++) {
    const made = Array.from({ length: 500 }, (_, n) => decision(1000 + 500 * batch + n, { at: from + (n % 3) }))
    await Promise.all(made.map((one) => store.decisions.append(one)))
  }
  const rows = await readAll({ from, until: from + hour, waitMs: hour })
  expect(new Set(rows.map(({ id }) => id)).size).toBe(1500)
  expect(rows).toHaveLength(1500)
})
