import { mkdtemp, readFile, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { expect, test } from "vitest"
import { writePlanReport } from "../../models/reports/plan-report.ts"
import { planTable } from "../../src/commands/plan-command.ts"
import { type PlanReply, planSchema } from "../../src/core/plan/plan-schema.ts"
import { request } from "../support/plans.ts"

const at = "2026-01-01T00:00:00.000Z"
const read = { sends: 100, customers: 90, expectedKeptShare: 0.8, keptShare: 0.62, lowerBound: 0.51, halted: true }

const stored = planSchema.parse({
  id: "0190b6a4-0000-7000-8000-000000000001",
  name: "Autumn <parcels>",
  status: "halted",
  reason: "the promise is broken",
  request: request(),
  releaseId: null,
  summary: {
    customers: 1000,
    eligible: 300,
    candidates: 900,
    exclusions: [
      { reason: "consent", customers: 650, candidates: 0 },
      { reason: "minKeepProbability", customers: 120, candidates: 2100 },
    ],
    chosen: { sends: 250, customers: 250, expectedKeptShare: 0.78, expectedValue: 612.5, moneyAtRisk: 4000 },
    holdout: { sends: 28, customers: 28 },
    dualPrices: { money: 0.0345, volume: 1.25, promise: 0, stock: [{ itemId: "sku-9", price: 2.5 }] },
    curve: [
      { sends: 50, keptShare: 0.9, expectedValue: 200 },
      { sends: 300, keptShare: 0.74, expectedValue: 700 },
    ],
    segments: [{ segment: "regular", sends: 250, expectedKeptShare: 0.78 }],
    notes: ["a pilot"],
    seconds: 2,
  },
  monitoring: {
    at,
    states: { returned: 38, kept: 62 },
    plan: read,
    segments: [{ segment: "regular", ...read }],
    calibration: [{ predicted: 0.8, observed: 0.62, sends: 100 }],
    increment: {
      sent: 250,
      holdout: 28,
      perCustomer: 1.5,
      low: -1,
      high: 4,
      expected: 2.4,
      verdict: "insufficientData",
    },
    haltMonitorSince: null,
  },
  createdAt: at,
  plannedAt: at,
  approvedAt: at,
  startedAt: at,
  endedAt: null,
})
const plan: PlanReply = { ...stored, request: request() }

test("the page of a plan says who was left out, what budgets are worth and how it goes, and draws it", async () => {
  const folder = await mkdtemp(join(tmpdir(), "plan-report-"))
  try {
    const page = await readFile(await writePlanReport(folder, plan), "utf8")
    expect(page).toContain("the promise is broken")
    expect(page).toContain("<td>consent</td><td>650</td><td>0</td>")
    expect(page).toContain("One more EUR of budget is worth 0.0345")
    expect(page).toContain(
      "<td>regular</td><td>100</td><td>90</td><td>80.0 %</td><td>62.0 %</td><td>51.0 %</td><td>halted</td>",
    )
    expect(page).toContain("no verdict below 400 holdout customers")
    expect(page).not.toContain("<parcels>")
    expect(page.match(/<svg/g)).toHaveLength(4)
  } finally {
    await rm(folder, { recursive: true })
  }
})

test("a terminal shows the same in few lines", () => {
  const table = planTable(plan)
  expect(table).toContain("Autumn <parcels>: halted, the promise is broken")
  expect(table).toMatch(/consent +650 +0/)
  expect(table).toMatch(/all +100 +80\.0 % +62\.0 % +51\.0 % +halted/)
})
