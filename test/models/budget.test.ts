import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { type TrainOptions, trainRelease } from "../../models/train/train.ts"
import { createBudget, OutOfTime } from "../../models/workers/budget.ts"
import { recommend } from "../../src/core/preference/recommend.ts"
import { newId } from "../../src/start/new-id.ts"
import { loadRelease } from "../../src/store/releases/load-release.ts"
import { openTestStore } from "../support/database.ts"
import { catalogueOf, day, historyOf, itemsNamed, noon } from "../support/release.ts"
import { silent } from "../support/save-release.ts"
import { shopDays, tasteShopEvents } from "../support/taste-shop.ts"

describe("a budget", () => {
  const clockAt = (start: number) => {
    let at = start
    const pass = (ms: number) => {
      at += ms
    }
    return { now: () => at, pass }
  }

  test("without seconds never ends", () => {
    const budget = createBudget({})
    expect(budget.until("search")).toBe(Number.POSITIVE_INFINITY)
    expect(budget.hasTime("keep", 1e12)).toBe(true)
    expect(budget.checkTime("save")).not.toThrow()
  })

  test("ends for each stage when the later ones need the rest", () => {
    const { now } = clockAt(1000)
    const budget = createBudget({ seconds: 100, now })
    expect(budget.until("save")).toBe(101_000)
    expect(budget.until("keep")).toBeCloseTo(101_000 - 1000)
    expect(budget.until("rebuy")).toBeCloseTo(101_000 - 1000 - 4000)
    expect(budget.until("search")).toBeCloseTo(1000 + 29_000)
  })

  test("takes from the earlier stages what a later one is foreseen to need, and gives back what it does not", () => {
    const { now } = clockAt(0)
    const budget = createBudget({ seconds: 100, now })
    const before = budget.until("search")
    budget.reserve("refit", 27_000)
    expect(budget.until("search")).toBeCloseTo(before - 20_000)
    expect(budget.until("refit")).toBeCloseTo(100_000 - 20_000)
    budget.reserve("refit", 0)
    expect(budget.until("search")).toBeCloseTo(before + 7000)
  })

  test("is divided anew by what reading left", () => {
    const { now, pass } = clockAt(0)
    const budget = createBudget({ seconds: 100, now })
    pass(50_000)
    budget.allocate()
    expect(budget.until("search")).toBeCloseTo(50_000 + 0.29 * 50_000)
    expect(budget.until("save")).toBe(100_000)
  })

  test("leaves what a stage does not use to the ones after it", () => {
    const { now, pass } = clockAt(0)
    const budget = createBudget({ seconds: 10, now })
    pass(1000)
    expect(budget.hasTime("rebuy", 8000)).toBe(true)
    pass(8000)
    expect(budget.hasTime("rebuy", 1000)).toBe(false)
    expect(budget.checkTime("search")).toThrow(OutOfTime)
  })

  test("lets what is necessary be done when time is over, and nothing else", () => {
    const { now, pass } = clockAt(0)
    const budget = createBudget({ seconds: 10, necessary: ["keep"], now })
    pass(20_000)
    expect(budget.checkTime("keep")).not.toThrow()
    expect(budget.hasTime("keep", 1000)).toBe(true)
    expect(budget.checkTime("rebuy")).toThrow(OutOfTime)
  })

  test("of learning alone belongs to learning alone", () => {
    const { now } = clockAt(0)
    const budget = createBudget({ seconds: 65, last: "fit", now })
    expect(budget.until("fit")).toBe(65_000)
    expect(budget.until("search")).toBeCloseTo(29_000)
  })
})

const store = await openTestStore()
const end = noon + shopDays * day
afterAll(store.close)
beforeAll(async () => {
  await store.events.append(tasteShopEvents(60, 1), { mayMerge: false, receivedAt: end })
})

const budgetSeconds = 60

/** A clock on which reading it takes time: as trainings ask for the time between two units of work, each unit takes as long. */
function slowClock(unitMs: number) {
  let at = 0
  return () => {
    at += unitMs
    return at
  }
}

async function trainAtPace(unitMs: number, necessary: TrainOptions["necessary"] = []) {
  const now = slowClock(unitMs)
  const lines: string[] = []
  const services = { store, clock: () => end, newId, log: silent }
  const { releaseId, metrics } = await trainRelease(services, {
    threads: 1,
    budgetSeconds,
    necessary,
    now,
    onProgress: (line) => lines.push(line),
  })
  const record = (await store.releases.read(releaseId))!
  return {
    seconds: now() / 1000,
    metrics,
    lines,
    manifest: record.manifest,
    release: await loadRelease(store.releases, record),
  }
}

test.each([1, 10, 60, 400])(
  "a training whose units of work take %i ms each ends within a quarter of its budget, with a release that answers",
  async (unitMs) => {
    const { seconds, release } = await trainAtPace(unitMs)
    expect(seconds).toBeLessThan(1.25 * budgetSeconds)
    const question = {
      history: historyOf(),
      vector: null,
      limit: 5,
      repeats: "allowed",
      nowMs: end,
      explain: false,
    } as const
    expect(recommend(question, release, catalogueOf(itemsNamed(...release.items.ids)))).toHaveLength(5)
  },
)

test("the more time there is, the more is tried and learnt, and what is left out is named", async () => {
  const [quick, slow] = [await trainAtPace(1), await trainAtPace(1500)]
  const trials = ({ manifest }: typeof quick) =>
    (manifest.search as { steps: { trials: unknown[] }[] }).steps.reduce((sum, step) => sum + step.trials.length, 0)
  expect(trials(quick)).toBeGreaterThan(3 * trials(slow))
  expect(quick.manifest.omitted).toEqual([])
  expect(slow.manifest.omitted).toContainEqual({ model: "rebuy", reason: "no time was left to train it" })
  expect(slow.lines.join("\n")).toContain("omitted rebuy: no time was left to train it")
  expect(slow.seconds).toBeGreaterThan(0.5 * budgetSeconds)
})

test("what is necessary is learnt however slow the machine is", async () => {
  const { manifest, release } = await trainAtPace(1500, ["propensity", "rebuy", "keep"])
  expect(manifest.omitted).toEqual([])
  expect(release.rebuy).not.toBeNull()
})
