import { chmodSync, existsSync, mkdtempSync, rmSync } from "node:fs"
import { availableParallelism, cpus, tmpdir } from "node:os"
import { join } from "node:path"
import { parseArgs } from "node:util"
import pino from "pino"
import { importFile } from "../../src/actions/import/import-file.ts"
import { parseConfig } from "../../src/config.ts"
import { commandActor } from "../../src/core/access/actor.ts"
import { decodeRelease } from "../../src/core/release/decode-release.ts"
import { openServices } from "../../src/start/open-services.ts"
import { loadDataset } from "../data/dataset.ts"
import { type EvaluationQuestion, evaluationCases, fullCatalogue } from "../data/evaluation-cases.ts"
import { loadCatalogue } from "../data/load-catalogue.ts"
import { evaluateRelease } from "../evaluate/evaluate-release.ts"
import { defaultSearchTrials } from "../learn/learn.ts"
import { trainUntilCutoff } from "../learn/train-until-cutoff.ts"
import { contenders, type EvaluationReport } from "../reports/report.ts"
import { measureNewItems } from "./shop-cold.ts"
import { measureImplicit } from "./shop-peer.ts"

/** Imports a real shop as it is, trains on the time before the cut, and evaluates on all who bought in the 30 days after. */
const cut = Date.UTC(2011, 10, 9)
const horizonDays = 30
const until = cut + horizonDays * 86_400_000

const { values } = parseArgs({
  options: {
    data: { type: "string", default: "../shared/data" },
    /** Measures the implicit library too. */
    peer: { type: "boolean", default: false },
    python: { type: "string" },
    /** Bounds a training on a busy machine; on two idle cores it ends long before. */
    "budget-seconds": { type: "string", default: "120" },
    seed: { type: "string", default: "1" },
  },
})
const budgetSeconds = Number(values["budget-seconds"])
const path = join(values.data, "online-retail", "online_retail.parquet")
const say = (line: string) => void process.stderr.write(`${line}\n`)
const rounded = (value: number) => Math.round(value * 1e4) / 1e4
const secondsSince = (begun: number) => Math.round((performance.now() - begun) / 100) / 10

function figures(report: EvaluationReport, question: EvaluationQuestion) {
  const measured = contenders.map((contender) => {
    const { recall20, ndcg20 } = report.metrics[question][contender]
    return [contender, { recall20: rounded(recall20), ndcg20: rounded(ndcg20) }]
  })
  return Object.fromEntries(measured)
}

async function run(folder: string): Promise<void> {
  const config = parseConfig({ DATA_DIR: join(folder, "data"), LOG_LEVEL: "error" })
  const { services, close } = await openServices(config, pino({ level: "error" }, pino.destination(2)))
  try {
    const importBegun = performance.now()
    const source = { path, mapping: { columns: {} }, addItems: true, rejectedFile: join(folder, "rejected.ndjson") }
    const imported = await importFile(services, source, commandActor("import"), () => {})
    const importSeconds = secondsSince(importBegun)
    say(`recorded ${JSON.stringify(imported.linesRecorded)} in ${importSeconds} s`)

    const trainBegun = performance.now()
    const dataset = await loadDataset(services.store.events.readAll(until))
    const catalogue = await loadCatalogue(services.store)
    const learned = await trainUntilCutoff(dataset, cut, {
      horizonDays,
      budgetSeconds,
      seed: Number(values.seed),
      onProgress: say,
      catalogue,
    })
    const release = decodeRelease({ id: "bench", createdAt: cut, trainedUntil: cut }, learned.contents)
    const trainSeconds = secondsSince(trainBegun)

    const cases = evaluationCases(dataset, { cut, until }, learned.past.histories)
    const report = evaluateRelease(release, cases, fullCatalogue(dataset), { cut, until })
    say(
      `trained on the time before 2011-11-09, evaluated on the ${horizonDays} days after: ${report.customers.all} customers ` +
        `(${report.coldStarts} unknown before), ${report.customers.firstTime} with something new; ${report.items} items, all ranked`,
    )
    const unknown = cases.filter(({ history }) => history.firstAt === null)
    const cold = evaluateRelease(release, unknown, fullCatalogue(dataset), { cut, until })
    const newItems = measureNewItems(release, cases, fullCatalogue(dataset), cut)
    say(
      `${newItems.items} items that nobody had, for the ${newItems.customers} known customers who bought one: ` +
        `AUC ${newItems.auc.toFixed(3)} ± ${newItems.error.toFixed(3)}, 0.5 by chance`,
    )
    const peak = process.resourceUsage().maxRSS
    const terms = { cut, until, trials: defaultSearchTrials }
    const peer = values.peer ? measureImplicit(dataset, terms, folder, values.python) : undefined
    if (values.peer)
      say(
        peer
          ? `implicit: ${JSON.stringify(peer)}`
          : "implicit is missing; name a Python that has it with --python PATH",
      )
    const line = {
      bench: "shop",
      linesRead: imported.linesRead,
      linesRejected: imported.linesRejected,
      importSeconds,
      trainSeconds,
      peakMemoryMB: Math.round(peak / 1000),
      all: figures(report, "all"),
      firstTime: figures(report, "firstTime"),
      coldStart: {
        customers: unknown.length,
        served: figures(cold, "all").served,
        popularity: figures(cold, "all").popularity,
        newItems: { ...newItems, auc: rounded(newItems.auc), error: rounded(newItems.error) },
      },
      ...(peer && { implicit: peer.figures }),
    }
    process.stdout.write(`${JSON.stringify(line)}\n`)
  } finally {
    await close()
  }
}

if (existsSync(path)) {
  say(
    `${cpus()[0]?.model}, ${availableParallelism()} cores, Node ${process.version}; embedded PostgreSQL, durable; ` +
      "training includes reading the events and the search; memory is this process's peak, without PostgreSQL's",
  )
  const folder = mkdtempSync(join(tmpdir(), "beforehand-shop-"))
  chmodSync(folder, 0o755)
  await run(folder).finally(() => rmSync(folder, { recursive: true, force: true }))
} else {
  say(`no shop to measure: ${path} is not there; give its folder with --data PATH`)
  process.exitCode = 1
}
