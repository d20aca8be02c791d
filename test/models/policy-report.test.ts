import { mkdtemp, readFile, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { expect, test } from "vitest"
import { writePolicyReport } from "../../models/reports/policy-report.ts"
import { evaluatePolicy, type LoggedDecision } from "../../src/core/measure/evaluate-policy.ts"
import { linearOutcomes } from "../../src/core/measure/linear-outcomes.ts"

test("the page of a policy says its verdict, its numbers and who gains, and draws them", async () => {
  const decisions = Array.from({ length: 1000 }, (_, n) => ({
    customerId: `c${n}`,
    options: ["a", "b"],
    chosen: n % 2,
    probabilities: [0.5, 0.5],
    reward: n % 2 === 1 && n % 3 === 0 ? 1 : 0,
    segments: { channel: n % 4 < 2 ? "web" : "<email>" },
  }))
  const fitOutcomes = linearOutcomes<string, LoggedDecision<string>>((_, option) => [option])
  const evaluation = evaluatePolicy(decisions, () => [0, 1], { fitOutcomes })
  const folder = await mkdtemp(join(tmpdir(), "policy-report-"))
  try {
    const facts = { id: "1", policy: "home 2", from: 0, until: 86_400_000, currency: "EUR" }
    const page = await readFile(await writePolicyReport(folder, evaluation, facts), "utf8")
    expect(page).toContain("The candidate is better")
    expect(page).toContain(evaluation.candidate.doublyRobust.value.toFixed(4))
    expect(page).toContain("channel: web")
    expect(page).not.toContain("<email>")
    expect(page.match(/<svg/g)).toHaveLength(2)
  } finally {
    await rm(folder, { recursive: true })
  }
})
