import { existsSync, mkdtempSync, rmSync } from "node:fs"
import { cpus, tmpdir } from "node:os"
import { join } from "node:path"
import { parseArgs } from "node:util"
import { bestFirst, chooseRebuys } from "../../src/core/repurchase/choose-rebuys.ts"
import { dayMs } from "../../src/core/time/durations.ts"
import { defaultPromise } from "../rebuy/certify.ts"
import { peerPython } from "./peers.ts"
import { type Baseline, boostedBaseline, logisticBaseline } from "./rebuy/baselines.ts"
import { type EvaluatedCut, evaluateCut } from "./rebuy/evaluate-cut.ts"
import { type LabelledPair, type Share, shareOf, topShare } from "./rebuy/measure.ts"
import { readShop } from "./rebuy/read-shop.ts"

/** Measures predictions of who buys what again within 30 days, at rolling cuts, each trained on the time before it. */
const horizonDays = 30
const { values } = parseArgs({
  options: {
    data: { type: "string", default: "../shared/data" },
    /** Another shop's order lines, in any layout that `import` reads. */
    file: { type: "string" },
    /** Dates, comma-separated; by default the protocol's, or for another file the last three horizons of it. */
    cuts: { type: "string" },
    /** A Python that has scikit-learn; by default one is made for the run. */
    python: { type: "string" },
  },
})
const protocolCuts = ["2011-09-10", "2011-10-10", "2011-11-09"]
const path = values.file ?? join(values.data, "online-retail", "online_retail.parquet")
const say = (line: string) => void process.stderr.write(`${line}\n`)
const rounded = (value: number) => Math.round(value * 1e4) / 1e4
const day = (at: number) => new Date(at).toISOString().slice(0, 10)
const { promise, mostPerCustomer } = defaultPromise

const figures = (share: Share): Share => ({
  pairs: share.pairs,
  customers: share.customers,
  expected: rounded(share.expected),
  rebuyShare: rounded(share.rebuyShare),
  lower95: rounded(share.lower95),
})

/** Describes a baseline, whose scores are not probabilities. */
const showBaseline = (name: string, { pairs, rebuyShare }: Share) =>
  `  ${name.padEnd(15)} ${pairs} pairs, bought ${rebuyShare.toFixed(3)}`

const show = ({ pairs, customers, expected, rebuyShare, lower95 }: Share) =>
  `${String(pairs).padStart(5)} pairs of ${String(customers).padStart(4)} customers · expected ${expected.toFixed(3)} · bought ${rebuyShare.toFixed(3)} · at least ${lower95.toFixed(3)} (95 %)`

function cutsOf(lastAt: number): number[] {
  if (values.cuts) return values.cuts.split(",").map((date) => Date.parse(`${date}T00:00:00Z`))
  if (values.file === undefined) return protocolCuts.map((date) => Date.parse(`${date}T00:00:00Z`))
  const end = Math.floor(lastAt / dayMs) * dayMs
  return [3, 2, 1].map((back) => end - back * horizonDays * dayMs)
}

interface Chosen {
  atMost5: LabelledPair[]
  unlimited: LabelledPair[]
}

const choose = ({ pairs }: EvaluatedCut): Chosen => ({
  atMost5: chooseRebuys(pairs.ours!, { promise, mostPerCustomer }),
  unlimited: chooseRebuys(pairs.ours!, { promise }),
})

function reportCut(evaluated: EvaluatedCut, chosen: Chosen) {
  const { certificate: c, firstTime } = evaluated
  const [atMost5, unlimited] = [shareOf(chosen.atMost5), shareOf(chosen.unlimited)]
  say(`\ncut ${day(evaluated.cut)}, trained and evaluated in ${evaluated.seconds.toFixed(0)} s`)
  say(
    `  certified on the window before: ${c.pairs} pairs, expected ${c.expected.toFixed(3)}, bought ${c.realised.toFixed(3)} ± ${c.standardError.toFixed(3)}`,
  )
  say(`  at most 5       ${show(atMost5)}`)
  say(`  unlimited       ${show(unlimited)}`)
  for (const name of Object.keys(evaluated.pairs)) {
    if (name === "ours") continue
    say(showBaseline(name, shareOf(bestFirst(evaluated.pairs[name]!, mostPerCustomer).slice(0, atMost5.pairs))))
  }
  const first = shareOf(bestFirst(firstTime.pairs, mostPerCustomer).slice(0, 1000))
  say(
    `  never bought before: ${firstTime.positives} bought, ${chooseRebuys(firstTime.pairs, { promise, mostPerCustomer }).length} chosen; the best 1,000 at most 5: expected ${first.expected.toFixed(3)}, bought ${first.rebuyShare.toFixed(3)}`,
  )
  return { cut: day(evaluated.cut), atMost5: figures(atMost5), unlimited: figures(unlimited) }
}

async function run(baselines: Readonly<Record<string, Baseline>>): Promise<void> {
  const { dataset, lines, rejected } = await readShop(path)
  say(`${path}: ${lines} lines, left out ${JSON.stringify(rejected)}`)
  say(
    `${cpus()[0]?.model}, Node ${process.version}, one thread; horizon ${horizonDays} days, promise ${promise}; ${dataset.customerIds.length} customers, ${dataset.itemIds.length} items`,
  )
  const evaluated: EvaluatedCut[] = []
  const chosen: Chosen[] = []
  const cuts: ReturnType<typeof reportCut>[] = []
  for (const cut of cutsOf(dataset.lastAt)) {
    const one = evaluateCut(dataset, cut, horizonDays * dayMs, baselines)
    if (one === null) {
      say(`cut ${day(cut)}: less than four horizons lie before it`)
      continue
    }
    evaluated.push(one)
    chosen.push(choose(one))
    cuts.push(reportCut(one, chosen.at(-1)!))
  }
  const pooled: Chosen = {
    atMost5: chosen.flatMap(({ atMost5 }) => atMost5),
    unlimited: chosen.flatMap(({ unlimited }) => unlimited),
  }
  const [atMost5, unlimited] = [shareOf(pooled.atMost5), shareOf(pooled.unlimited)]
  const byBaseline = Object.keys(baselines).map((name) => {
    const same = evaluated.flatMap(({ pairs }, n) =>
      bestFirst(pairs[name]!, mostPerCustomer).slice(0, chosen[n]!.atMost5.length),
    )
    return [name, shareOf(same)] as const
  })
  say(`\npooled over ${evaluated.length} cuts`)
  say(`  at most 5       ${show(atMost5)}`)
  say(`  unlimited       ${show(unlimited)}`)
  for (const [name, share] of byBaseline) say(showBaseline(name, share))
  const tops = { top1Share: rounded(topShare(pooled.unlimited, 1)), top5Share: rounded(topShare(pooled.unlimited, 5)) }
  const line = {
    bench: "rebuy",
    atMost5: figures(atMost5),
    unlimited: { ...figures(unlimited), ...tops },
    cuts,
    baselines: Object.fromEntries(
      byBaseline.map(([name, { pairs, rebuyShare }]) => [name, { pairs, rebuyShare: rounded(rebuyShare) }]),
    ),
  }
  process.stdout.write(`${JSON.stringify(line)}\n`)
}

if (existsSync(path)) {
  const folder = mkdtempSync(join(tmpdir(), "beforehand-rebuy-"))
  try {
    const python = peerPython(["scikit-learn"], folder, values.python, ["sklearn"])
    if (python === undefined)
      say("no boosted trees beside: scikit-learn is missing; name a Python that has it with --python PATH")
    await run({
      logistic: logisticBaseline,
      ...(python !== undefined && { boostedTrees: boostedBaseline(python, folder) }),
    })
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
} else {
  say(`no shop to measure: ${path} is not there; give its folder with --data PATH, or a file with --file PATH`)
  process.exitCode = 1
}
