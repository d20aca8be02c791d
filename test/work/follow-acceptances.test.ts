import { afterAll, expect, test } from "vitest"
import type { Decision } from "../../src/store/decisions/decision-types.ts"
import { followAcceptances } from "../../src/work/follow-acceptances.ts"
import { openTestStore } from "../support/database.ts"
import { decisionRow } from "../support/decision-rows.ts"
import { silent } from "../support/save-release.ts"

const store = await openTestStore()
afterAll(store.close)

const nowMs = Date.UTC(2025, 5, 1)
const dayMs = 86_400_000

const decisionOf = (given: Partial<Decision>) =>
  decisionRow({ at: nowMs - dayMs, activatedAt: nowMs - dayMs, ...given })

test("of the last ninety days, offers that reached somebody are counted beside what was expected, and those that earned their value as accepted", async () => {
  const [accepted, clicked, returned] = [
    decisionOf({ expectedAcceptance: 0.2 }),
    decisionOf({}),
    decisionOf({ channel: "email" }),
  ]
  await Promise.all(
    [
      accepted,
      clicked,
      returned,
      decisionOf({ activatedAt: null }),
      decisionOf({ kind: "nothing", offerId: null }),
      decisionOf({ at: nowMs - 91 * dayMs }),
    ].map((decision) => store.decisions.append(decision)),
  )
  const told = { reportedAt: nowMs, value: null }
  await store.decisions.recordOutcome(accepted.id, { ...told, messageId: "1", outcome: "purchase" }, nowMs)
  await store.decisions.recordOutcome(clicked.id, { ...told, messageId: "2", outcome: "click" }, nowMs)
  await store.decisions.recordOutcome(returned.id, { ...told, messageId: "3", outcome: "returned" }, nowMs)
  const acceptances = followAcceptances({ store, clock: () => nowMs, log: silent })
  const byChannel = () => [...acceptances.current()].sort((a, b) => (a.channel < b.channel ? -1 : 1))
  await expect.poll(byChannel, { timeout: 10_000 }).toEqual([
    { kind: "promotion", channel: "email", offered: 1, accepted: 0, expected: 1 / 20 },
    { kind: "promotion", channel: "web", offered: 2, accepted: 1, expected: 0.2 + 1 / 20 },
  ])
  await acceptances.stop()
})
