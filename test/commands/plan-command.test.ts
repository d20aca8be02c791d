import { mkdtemp, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { expect, test } from "vitest"
import { type PlanFlags, planRequestOf } from "../../src/commands/plan-command.ts"

const unset: PlanFlags = {
  freeReturn: false,
  gifts: false,
  pilot: false,
  dryRun: false,
  approve: false,
  report: "reports",
}

test("flags alone make a plan", async () => {
  const request = await planRequestOf(undefined, { ...unset, money: 100, volume: 10, freeReturn: true, dryRun: true })
  expect(request).toMatchObject({
    name: "parcel plan",
    autonomyLevel: "parcel",
    budgets: { money: 100, volume: 10, contactsPerCustomer: 1 },
    freeReturn: true,
    dryRun: true,
    promise: 0.7,
    minKeepProbability: 0.55,
  })
})

test("flags have the last word over a file", async () => {
  const folder = await mkdtemp(join(tmpdir(), "plan-"))
  try {
    const file = join(folder, "autumn.json")
    const written = { name: "Autumn", autonomyLevel: "suggest", budgets: { money: 100, volume: 10, inFlight: 5 } }
    await writeFile(file, JSON.stringify(written))
    const request = await planRequestOf(file, { ...unset, volume: 20, promise: 0.8 })
    expect(request).toMatchObject({ name: "Autumn", autonomyLevel: "suggest", promise: 0.8 })
    expect(request.budgets).toMatchObject({ money: 100, volume: 20, inFlight: 5 })
  } finally {
    await rm(folder, { recursive: true })
  }
})

test("a plan without budgets is told what is missing", async () => {
  await expect(planRequestOf(undefined, unset)).rejects.toThrow("give --money and --volume")
  await expect(planRequestOf(undefined, { ...unset, money: 1, volume: 501, pilot: true })).rejects.toThrow("a pilot")
})
