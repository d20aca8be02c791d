import { mkdtemp, readFile, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, beforeAll, expect, test } from "vitest"
import { evaluate } from "../../models/evaluate/evaluate.ts"
import { trainOnce } from "../../models/train/record-training.ts"
import { trainRelease } from "../../models/train/train.ts"
import { beatsLiveRelease, trainOnSchedule } from "../../models/train/train-on-schedule.ts"
import { promoteRelease } from "../../src/actions/releases/promote-release.ts"
import { recommend } from "../../src/core/preference/recommend.ts"
import { ApiError } from "../../src/core/problem/problem.ts"
import { newId } from "../../src/start/new-id.ts"
import { loadRelease } from "../../src/store/releases/load-release.ts"
import { tester } from "../support/actor.ts"
import { openTestStore } from "../support/database.ts"
import { bought, catalogueOf, day, historyOf, itemsNamed, noon } from "../support/release.ts"
import { silent } from "../support/save-release.ts"
import { groupOf, itemOf, shopDays, tasteShopEvents } from "../support/taste-shop.ts"

const store = await openTestStore()
const end = noon + shopDays * day
const services = { store, clock: () => end, newId, log: silent }
const options = { threads: 1, searchTrials: 1 }
afterAll(store.close)

beforeAll(async () => {
  const events = tasteShopEvents(90, 1)
  await store.events.append(events, { mayMerge: false, receivedAt: end })
})

const train = (change: object = {}) => trainRelease(services, { ...options, ...change })
const countsByResult = async (): Promise<Record<string, number>> =>
  Object.fromEntries((await store.trainings.counts()).map(({ result, count }) => [result, count]))
const load = async (releaseId: string) => loadRelease(store.releases, (await store.releases.read(releaseId))!)

test("a release learns who likes what, beats popularity, and goes live", async () => {
  const lines: string[] = []
  const { releaseId, evaluationId, metrics } = await train({ onProgress: (line: string) => lines.push(line) })
  expect(metrics.all.served.ndcg20).toBeGreaterThan(2 * metrics.all.popularity.ndcg20)
  expect(metrics.firstTime.served.recall20).toBeGreaterThan(metrics.firstTime.popularity.recall20)
  expect(await promoteRelease({ ...services }, releaseId, { force: false, actor: tester })).toEqual({
    releaseId,
    forced: false,
  })
  expect((await store.evaluations.read(evaluationId))!.releaseId).toBe(releaseId)
  expect(lines.join("\n")).toContain("90 customers")

  const release = await load(releaseId)
  const catalogue = catalogueOf(itemsNamed(...release.items.ids))
  const answerTo = (group: number) => {
    const history = historyOf(bought(shopDays, itemOf(group, 0)))
    const question = { history, vector: null, limit: 5, repeats: "excluded", nowMs: end, explain: false } as const
    return recommend(question, release, catalogue).map(({ itemId }) => groupOf(itemId))
  }
  expect([0, 1, 2].map(answerTo)).toEqual([0, 1, 2].map((group) => Array(5).fill(group)))
})

test("the manifest says what was learnt from, what was tried, and that the figures are of a fit before the cut", async () => {
  const { releaseId } = await train()
  const { manifest } = (await store.releases.read(releaseId))!
  expect(manifest).toMatchObject({
    seed: 1,
    codeVersion: expect.stringContaining("beforehand"),
    dataRange: { from: expect.any(Number), customers: 90 },
    metricsFrom: { cut: expect.any(Number), note: expect.stringContaining("before the cut") },
  })
  const { trainedUntil, metricsFrom, search } = manifest as {
    trainedUntil: number
    metricsFrom: { cut: number; days: number }
    search: { steps: { model: string; trials: unknown[] }[] }
  }
  expect(metricsFrom.cut + metricsFrom.days * day).toBeCloseTo(trainedUntil)
  expect(search.steps.map(({ model }) => model)).toContain("coOccurrence")
})

test("training twice gives the same weights", async () => {
  const [first, second] = [await load((await train()).releaseId), await load((await train()).releaseId)]
  expect(second.neighbors).toEqual(first.neighbors)
  expect(second.habit).toEqual(first.habit)
  expect(second.popularity).toEqual(first.popularity)
  expect(second.blend).toEqual(first.blend)
  expect(second.factors.gram).toEqual(first.factors.gram)
})

test("what happens after the end given is not learnt", async () => {
  const early = await train({ until: noon + 40 * day })
  await store.events.append(
    [
      {
        messageId: "late",
        at: noon + 50 * day,
        name: "Order Completed",
        lines: [{ itemId: "brand-new", quantity: 1 }],
        properties: {},
        identifiers: [{ type: "userId", value: "u-0" }],
      },
    ],
    { mayMerge: false, receivedAt: end },
  )
  const again = await train({ until: noon + 40 * day })
  expect(again.metrics).toEqual(early.metrics)
  const release = await load(again.releaseId)
  expect(release.items.indexOf.has("brand-new")).toBe(false)
  expect(release.popularity).toEqual((await load(early.releaseId)).popularity)
})

test("an evaluation is saved and leaves a page with tables and plots", async () => {
  const folder = await mkdtemp(join(tmpdir(), "reports-"))
  try {
    const { evaluationId, report, reportPath } = await evaluate(services, {
      ...options,
      days: 10,
      reportFolder: folder,
    })
    expect(report.until - report.cut).toBe(10 * day)
    expect((await store.evaluations.read(evaluationId))!.report).toMatchObject({ metrics: report.metrics })
    const page = await readFile(reportPath!, "utf8")
    expect(page).toContain(report.metrics.all.served.recall20.toFixed(4))
    const plots = ["each question", "each question", "the search", "gains where repeats are allowed", "gains where not"]
    expect(page.match(/<svg/g)).toHaveLength(plots.length)
  } finally {
    await rm(folder, { recursive: true })
  }
})

test("on a schedule a release goes live if it ranks at least as well as the live choices, and a failure ends nothing", async () => {
  const said: string[] = []
  const pauses: number[] = []
  let turn = 0
  const promoted: string[] = []
  await trainOnSchedule(
    services,
    {
      everyHours: 6,
      promote: async (releaseId) => {
        promoted.push(releaseId)
        if (turn === 1) throw new Error("refused")
        await promoteRelease(services, releaseId, { force: true, actor: tester })
      },
      pause: async (ms) => {
        pauses.push(ms)
        return ++turn < 3
      },
    },
    { ...options, onProgress: (line) => said.push(line) },
  )
  expect(pauses).toEqual([6, 6, 6].map((hours) => hours * 3_600_000))
  expect(promoted).toHaveLength(3)
  expect(said).toContain("the training failed: refused")
  expect(await countsByResult()).toEqual({ promoted: 2, failed: 1 })
  const { manifest } = (await store.releases.read(promoted[2]!))!
  expect(manifest).toMatchObject({ live: { releaseId: promoted[0] } })
})

test("a release wins that ranks as well as the live choices, and loses below", () => {
  const metrics = (ndcg20: number) => ({ all: { served: { ndcg20 } }, firstTime: { served: { ndcg20 } } }) as never
  expect(beatsLiveRelease({ metrics: metrics(0.2), live: null })).toBe(true)
  expect(beatsLiveRelease({ metrics: metrics(0.2), live: { releaseId: "live", metrics: metrics(0.2) } })).toBe(true)
  expect(beatsLiveRelease({ metrics: metrics(0.2), live: { releaseId: "live", metrics: metrics(0.3) } })).toBe(false)
  expect(beatsLiveRelease({ metrics: metrics(0.2), live: "no time" })).toBe(false)
})

test("a training that is refused or fails is counted as such", async () => {
  const before = await countsByResult()
  await trainOnSchedule(
    services,
    {
      everyHours: 6,
      promote: () => Promise.reject(new ApiError("belowBaseline", "its NDCG@20 is below popularity's")),
      pause: async () => false,
    },
    options,
  )
  await expect(trainOnce(services, { ...options, until: noon - day })).rejects.toMatchObject({ code: "conflict" })
  const after = await countsByResult()
  expect(after.belowBaseline! - (before.belowBaseline ?? 0)).toBe(1)
  expect(after.failed! - (before.failed ?? 0)).toBe(1)
})

test("without any events training says what to do", async () => {
  await expect(train({ until: noon - day })).rejects.toMatchObject({ code: "conflict" })
})
