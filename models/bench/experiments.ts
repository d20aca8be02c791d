import { existsSync } from "node:fs"
import { join } from "node:path"
import { parseArgs } from "node:util"
import { alwaysValidMultiplier } from "../../src/core/experiment/always-valid.ts"
import { normal95 } from "../../src/core/measure/estimate.ts"
import { adjustTurnout } from "./experiments/get-out-the-vote.ts"
import { countPeeking } from "./experiments/peeking.ts"
import { compareWithPeer } from "./experiments/peer-cases.ts"
import { measureRetailCut, type RetailCut } from "./experiments/retail-cuts.ts"
import { sampleRatioAlarms } from "./experiments/sample-ratios.ts"
import { describeCell, expectedEvents, type SimulatedCell, simulateAll } from "./experiments/simulate.ts"
import { level, metrics } from "./experiments/simulate-cell.ts"
import { readShop } from "./rebuy/read-shop.ts"

/** Measures the readings of experiments: on simulated ones whose truth is known, beside gbstats, and on real ones. */
const { values } = parseArgs({
  options: {
    data: { type: "string", default: "../shared/data" },
    /** Simulated experiments of each kind. */
    experiments: { type: "string", default: "10000" },
    seed: { type: "string", default: "1" },
    threads: { type: "string", default: "2" },
    /** Parts, comma-separated: simulated, ratio, peer, peeking, retail, turnout. By default all. */
    only: { type: "string" },
  },
})
const experiments = Number(values.experiments)
const seed = Number(values.seed)
const say = (line: string) => void process.stderr.write(`${line}\n`)
const rounded = (value: number) => Number(value.toFixed(4))
const isWanted = (part: string) => values.only === undefined || values.only.split(",").includes(part)
const figures: Record<string, unknown> = {}

/** Customers at the planned end, as interval widths depend on the share of it alone. */
const planned = 60_000
/** Fewest expected events in an arm for the fixed-horizon coverage. */
const enoughEvents = 100

function widthRatio(): number {
  const ratios = [0.5, 1, 2].map(
    (share) => alwaysValidMultiplier(share * planned, { level, plannedCustomers: planned }) / normal95,
  )
  say(`always-valid ÷ fixed-horizon width at N/2, N and 2N: ${ratios.map((ratio) => ratio.toFixed(4)).join(", ")}`)
  return rounded(Math.max(...ratios))
}

const errorOf = (share: number) => rounded(Math.sqrt((share * (1 - share)) / experiments))

function worst(cells: readonly SimulatedCell[], of: (cell: SimulatedCell) => number): SimulatedCell {
  return cells.reduce((most, cell) => (of(cell) > of(most) ? cell : most))
}

async function measureSimulated(): Promise<void> {
  const onCell = (cell: SimulatedCell) => say(describeCell(cell))
  const cells = await simulateAll({ experiments, seed, threads: Number(values.threads), onCell })
  const stopped = worst(
    cells.filter(({ lift }) => lift === 1),
    ({ everStopped }) => everStopped,
  )
  const missed = worst(
    cells.filter(({ lift }) => lift !== 1),
    ({ everMissed }) => everMissed,
  )
  say(`the most stops without an effect: ${describeCell(stopped)}`)
  say(`the truth missed the most: ${describeCell(missed)}`)
  const coverageOf = ({ covered, ended }: SimulatedCell) => covered / ended
  const isClaimed = (cell: SimulatedCell) =>
    expectedEvents(cell) >= enoughEvents && (metrics[cell.metric]!.kind !== "mean" || cell.share === 0.5)
  const claimed = cells.filter(isClaimed).map(coverageOf)
  const others = cells.filter((cell) => !isClaimed(cell) && expectedEvents(cell) >= enoughEvents).map(coverageOf)
  const range = (shares: readonly number[]) => [Math.min(...shares), Math.max(...shares)].map(rounded)
  say(`fixed-horizon coverage of ${claimed.length} kinds: ${range(claimed).join(" to ")}`)
  say(`capped means with unequal shares and ${enoughEvents} buyers: ${range(others).join(" to ")}`)
  figures.aaEverStopped = rounded(stopped.everStopped / experiments)
  figures.aaError = errorOf(stopped.everStopped / experiments)
  figures.aaStarted = rounded(
    Math.min(...cells.filter(({ lift }) => lift === 1).map(({ started }) => started)) / experiments,
  )
  figures.missedEver = rounded(missed.everMissed / experiments)
  figures.coverageFixed = rounded(
    claimed.reduce((far, one) => (Math.abs(one - 0.95) > Math.abs(far - 0.95) ? one : far)),
  )
  figures.coverageFixedRange = range(claimed)
  figures.coverageFixedOthers = range(others)
}

function measureRatio(): void {
  figures.ratioAlarm = rounded(sampleRatioAlarms(0.51, experiments, seed))
  figures.ratioFalse = rounded(sampleRatioAlarms(0.5, experiments, seed))
}

/** Runs `measure` where its data set is there, and says so where it is not. */
async function withData(folder: string, measure: () => void | Promise<void>): Promise<void> {
  if (existsSync(join(values.data, folder))) await measure()
  else say(`skipped: ${join(values.data, folder)} is not there; give its folder with --data PATH`)
}

function measurePeer(): void {
  const { cases, largestByKind } = compareWithPeer(values.data)
  say(`${cases} answers of gbstats 0.8.0, largest difference by kind: ${JSON.stringify(largestByKind)}`)
  figures.gbstatsDifference = Math.max(...Object.values(largestByKind))
}

function measurePeeking(): void {
  figures.asosPeeking = countPeeking(values.data, level)
}

const retailCuts = ["2011-06-10", "2011-09-10"]

async function measureRetail(): Promise<void> {
  const { events } = await readShop(join(values.data, "online-retail", "online_retail.parquet"))
  const found = retailCuts.flatMap((date) => {
    const cuts = measureRetailCut(events, Date.parse(`${date}T00:00:00Z`), seed)
    for (const { name, customers, byBefore, byTotal, byPredictions } of cuts) {
      say(
        `${date}, ${name} of ${customers} customers: variance cut by the 90 days before ${byBefore.toFixed(4)}, by the total before ` +
          `${byTotal.toFixed(4)}, by the 90 days before and predictions ${byPredictions.toFixed(4)}`,
      )
    }
    return cuts
  })
  const lowest = (name: RetailCut["name"], by: "byBefore" | "byTotal") =>
    rounded(Math.min(...found.filter((cut) => cut.name === name).map((cut) => cut.byPredictions / cut[by])))
  figures.cupedRepurchase = lowest("repurchase", "byBefore")
  figures.cupedRevenue = lowest("revenue", "byBefore")
  figures.cupedOrders = lowest("orders", "byBefore")
  figures.cupedToTotal = {
    repurchase: lowest("repurchase", "byTotal"),
    revenue: lowest("revenue", "byTotal"),
    orders: lowest("orders", "byTotal"),
  }
}

function measureTurnout(): void {
  const { people, cut, effects } = adjustTurnout(values.data, seed)
  for (const { arm, raw, adjusted, error } of effects) {
    say(`${arm}: ${raw.toFixed(4)} (error ${error.toFixed(4)}), adjusted ${adjusted.toFixed(4)}`)
  }
  say(`variance of ${people} people's turnout within arms cut by ${cut.toFixed(4)}`)
  figures.gotvCut = rounded(cut)
  figures.gotvShift = rounded(Math.max(...effects.map((one) => Math.abs(one.adjusted - one.raw) / one.error)))
}

figures.widthRatio = widthRatio()
if (isWanted("peer")) await withData("experiment-cases", measurePeer)
if (isWanted("peeking")) await withData("asos-experiments", measurePeeking)
if (isWanted("retail")) await withData("online-retail", measureRetail)
if (isWanted("turnout")) await withData("gotv-mail", measureTurnout)
if (isWanted("ratio")) measureRatio()
if (isWanted("simulated")) await measureSimulated()
process.stdout.write(`${JSON.stringify({ bench: "experiments", experiments, ...figures })}\n`)
