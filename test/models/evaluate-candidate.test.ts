import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, beforeAll, expect, test } from "vitest"
import { evaluateCandidate } from "../../models/evaluate/evaluate-candidate.ts"
import { applyCandidate } from "../../src/commands/evaluate-policy-command.ts"
import { type PolicyDraft, policyDraftSchema } from "../../src/core/policy/policy.ts"
import { openTestApp } from "../support/test-app.ts"

const shop = await openTestApp()
const folder = await mkdtemp(join(tmpdir(), "candidate-"))
afterAll(async () => {
  await shop.close()
  await rm(folder, { recursive: true })
})

const dayMs = 86_400_000
const customers = 1600
const exploring = { explorationCostShare: 0.5, contact: { caps: [], pauses: [], theme: null } }

/** Everybody accepts `loved` and nobody `loathed`; both look the same to the shop. */
beforeAll(async () => {
  const common = { kind: "promotion", title: "O", value: 10, placements: ["home"] }
  const offers = ["loved", "loathed"].map((id) => ({ ...common, id }))
  await shop.ask("POST", "/v1/offers", { body: { offers } })
  await shop.ask("PUT", "/v1/policies/home", { body: exploring })
  await shop.refreshCatalogue()
  const ask = async (n: number) => {
    const body = { customer: { userId: `u-${n}` }, placement: "home", channel: "web" }
    const { json } = await shop.ask("POST", "/v1/decide", { body })
    const offer = json.offer as { id: string } | null
    if (offer?.id !== "loved") return
    const outcome = { outcome: "purchase", at: new Date(shop.services.clock()).toISOString(), messageId: `m-${n}` }
    await shop.ask("POST", `/v1/decisions/${json.decisionId}/outcome`, { body: outcome })
  }
  for (let n = 0; n < customers; n += 100) await Promise.all(Array.from({ length: 100 }, (_, k) => ask(n + k)))
  shop.advance(8 * dayMs)
}, 120_000)

const evaluate = (policy: PolicyDraft) => {
  const until = shop.services.clock()
  return evaluateCandidate(shop.services.store, {
    policy,
    placement: "home",
    from: until - 90 * dayMs,
    until,
    reportFolder: folder,
    reportId: "test",
  })
}
const only = (id: string) => policyDraftSchema.parse({ ...exploring, offers: { ids: [id] } })
const flags = { placement: "home", days: 90, report: folder, apply: true, above: 0 }

test("a policy that makes the offer everybody accepts is better, and is put in force by its lower bound", async () => {
  const { evaluation } = await evaluate(only("loved"))
  expect(evaluation).toMatchObject({ verdict: "better", refusals: [] })
  expect(evaluation.overlap.decisions).toBe(customers)
  expect(evaluation.candidate.doublyRobust.value).toBeGreaterThan(evaluation.logged.high)
  await expect(applyCandidate(shop.services, only("loved"), evaluation, { ...flags, above: 9 })).rejects.toMatchObject({
    code: "belowBaseline",
  })
  expect(await applyCandidate(shop.services, only("loved"), evaluation, flags)).toContain("home-2")
})

test("one that makes the other is worse, and is not put in force", async () => {
  const { evaluation } = await evaluate(only("loathed"))
  expect(evaluation.verdict).toBe("worse")
  await expect(applyCandidate(shop.services, only("loathed"), evaluation, flags)).rejects.toMatchObject({
    code: "belowBaseline",
  })
})

test("the policy that made the log gains nothing on it", async () => {
  const { evaluation } = await evaluate(policyDraftSchema.parse(exploring))
  const standardError = (evaluation.gain.high - evaluation.gain.low) / (2 * 1.96)
  expect(Math.abs(evaluation.gain.value)).toBeLessThan(4 * standardError)
  expect(standardError).toBeLessThan(0.2)
  expect(evaluation.overlap.effectiveSampleSize).toBeCloseTo(customers, -2)
})

test("decisions that are all too recent say until when to wait, another placement which ones there are", async () => {
  const [before, after] = [shop.services.clock() - 90 * dayMs, shop.services.clock()]
  const ask = (change: object) =>
    evaluateCandidate(shop.services.store, {
      policy: only("loved"),
      placement: "home",
      from: before,
      until: after,
      reportFolder: folder,
      reportId: "none",
      ...change,
    })
  await expect(ask({ until: after - 8 * dayMs + 3_600_000 })).rejects.toThrow(/too recent.*the first until .* UTC/)
  await expect(ask({ placement: "attic" })).rejects.toThrow(/name another with --placement \(home\)/)
  await expect(ask({ from: after, until: after + 1 })).rejects.toThrow(/no decision was logged .*--days/)
})
