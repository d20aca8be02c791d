import { existsSync } from "node:fs"
import { availableParallelism, cpus } from "node:os"
import { join } from "node:path"
import { parseArgs } from "node:util"
import { decodeRelease } from "../../src/core/release/decode-release.ts"
import { dayMs } from "../../src/core/time/durations.ts"
import type { Dataset } from "../data/dataset.ts"
import { evaluationCases } from "../data/evaluation-cases.ts"
import { defaultSearchTrials } from "../learn/learn.ts"
import { trainUntilCutoff } from "../learn/train-until-cutoff.ts"
import { learnRebuy } from "../rebuy/learn-rebuy.ts"
import { learnRenewal } from "../renewal/learn-renewal.ts"
import { measureAlternatives } from "./pages/measure-alternatives.ts"
import { measureLists } from "./pages/measure-lists.ts"
import { measureNeighbors } from "./pages/measure-neighbors.ts"
import { measureNewItems } from "./pages/measure-new-items.ts"
import { measurePage } from "./pages/measure-page.ts"
import { measureReturns } from "./pages/measure-returns.ts"
import { type Ratio, ratioOf } from "./pages/ratio.ts"
import { readShop } from "./rebuy/read-shop.ts"

/**
 * Measures a shop's lists as its pages ask for them: Online Retail, learnt before 2011-11-09 and asked for the 30 days after (new items
 * also a month earlier), and the sessions of diginetica. Baselines are measured in the same run, their settings chosen on earlier time.
 * A page in one call is timed on a made shop.
 */
const { values } = parseArgs({
  options: {
    data: { type: "string", default: "../shared/data" },
    /** Parts, comma-separated; by default all. */
    only: { type: "string" },
    seed: { type: "string", default: "1" },
    "budget-seconds": { type: "string", default: "120" },
  },
})
const seed = Number(values.seed)
const threads = availableParallelism()
const say = (line: string) => void process.stderr.write(`${line}\n`)
const rounded = (value: number) => Math.round(value * 1e4) / 1e4
const rough = <T extends object>(figures: T): T =>
  JSON.parse(JSON.stringify(figures, (_, value) => (typeof value === "number" ? rounded(value) : value))) as T
const parts = ["neighbors", "lists", "returns", "newItems", "alternatives", "page"] as const
const asked = values.only?.split(",") ?? parts
const wants = (...some: (typeof parts)[number][]) => some.some((part) => asked.includes(part))

const cut = Date.UTC(2011, 10, 9)
const horizonDays = 30
const horizonMs = horizonDays * dayMs

async function runShop(path: string): Promise<Record<string, unknown>> {
  const { dataset, items, lines } = await readShop(path)
  say(`${lines} lines, ${dataset.customerIds.length} customers, ${items.length} items`)
  const figures: Record<string, unknown> = {}
  const cuts = wants("newItems") ? [cut, cut - horizonMs] : [cut]
  const recalls: ReturnType<typeof measureNewItems> = []
  for (const at of cuts) {
    const sold = soldBefore(dataset, at)
    const learned = await trainUntilCutoff(dataset, at, {
      horizonDays,
      seed,
      budgetSeconds: Number(values["budget-seconds"]),
      onProgress: say,
      catalogue: items.filter(({ id }) => sold.has(id)),
    })
    const known = new Map(items.map((item) => [item.id, item]))
    const { histories } = learned.past
    const renewal = learnRenewal({ histories, catalogue: known, untilMs: at })
    const rebuy = learnRebuy(dataset, { until: at, horizonMs, seed })
    say(renewal.summary)
    const contents = { ...learned.contents, ...renewal.contents, ...rebuy.contents }
    const release = decodeRelease({ id: "bench", createdAt: at, trainedUntil: at }, contents)
    const cases = evaluationCases(dataset, { cut: at, until: at + horizonMs }, histories)
    const catalogue = { version: 1, items: known, offers: new Map() }
    say(`${items.length - sold.size} items first sold after ${new Date(at).toISOString().slice(0, 10)}`)
    if (wants("newItems")) recalls.push(...measureNewItems(release, cases, items, at))
    if (at !== cut) continue
    if (wants("neighbors"))
      Object.assign(
        figures,
        measureNeighbors(release, dataset, catalogue, {
          validateFrom: cut - horizonMs,
          cut,
          until: cut + horizonMs,
          seed,
        }),
      )
    if (wants("lists")) figures.lists = measureLists(release, cases, catalogue, { nowMs: cut })
    if (wants("returns")) figures.returns = measureReturns(release, cases, dataset, catalogue, cut)
  }
  if (recalls.length > 0) figures.newItems = summarizeRecalls(recalls)
  return figures
}

function soldBefore({ at, lineOffsets, lineItem, itemIds }: Dataset, cut: number): ReadonlySet<string> {
  const sold = new Set<string>()
  for (let e = 0; e < at.length; e++) {
    if (at[e]! >= cut) continue
    for (let line = lineOffsets[e]!; line < lineOffsets[e + 1]!; line++) sold.add(itemIds[lineItem[line]!]!)
  }
  return sold
}

function summarizeRecalls(recalls: ReturnType<typeof measureNewItems>) {
  const sum = (of: (one: (typeof recalls)[number]) => number) => recalls.reduce((total, one) => total + of(one), 0)
  const bought = sum((one) => one.bought)
  const ratio = (below: "byTitle" | "byChance"): Ratio =>
    ratioOf(
      recalls.map(({ served }) => served),
      recalls.map((one) => one[below]),
    )
  return {
    customers: new Set(recalls.map(({ customer }) => customer)).size,
    bought,
    recall: sum((one) => one.served) / bought,
    byTitle: sum((one) => one.byTitle) / bought,
    byChance: sum((one) => one.byChance) / bought,
    toTitle: ratio("byTitle"),
    toChance: ratio("byChance"),
  }
}

const shopPath = join(values.data, "online-retail", "online_retail.parquet")
const sessionsFolder = join(values.data, "diginetica")
const result: Record<string, unknown> = { bench: "pages" }
say(`${cpus()[0]?.model}, ${threads} cores, Node ${process.version}`)
if (wants("neighbors", "lists", "returns", "newItems")) {
  if (existsSync(shopPath)) Object.assign(result, rough(await runShop(shopPath)))
  else say(`no shop to measure: ${shopPath} is not there; give its folder with --data PATH`)
}
if (wants("alternatives")) {
  if (existsSync(sessionsFolder)) {
    const begunAt = Date.now()
    const tools = {
      threads,
      trials: defaultSearchTrials,
      begunAt,
      endsAt: Number.POSITIVE_INFINITY,
      onProgress: say,
      seed,
    }
    result.alternatives = rough(await measureAlternatives(sessionsFolder, tools))
  } else say(`no sessions to measure: ${sessionsFolder} is not there; give its folder with --data PATH`)
}
if (wants("page")) result.page = rough(await measurePage(say))
process.stdout.write(`${JSON.stringify(result)}\n`)
