import { spawn } from "node:child_process"
import { existsSync } from "node:fs"
import { availableParallelism, cpus } from "node:os"
import { basename, join } from "node:path"
import { fileURLToPath } from "node:url"
import { parseArgs } from "node:util"
import { datasets, type Format, type FormatName, formats } from "./quality/formats.ts"
import type { Figures } from "./quality/measure.ts"
import { type DatasetResult, runDataset } from "./quality/run-dataset.ts"

/** Measures public data sets by their published protocols: chooses on validation only, evaluates the test once, each data set in a process of its own. */
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    data: { type: "string", default: "../shared/data" },
    format: { type: "string" },
    seed: { type: "string", default: "1" },
    "search-trials": { type: "string" },
    "budget-seconds": { type: "string" },
    /** Trains and reports validation only; the test is not evaluated. */
    "validate-only": { type: "boolean", default: false },
    /** Runs one data set in this process and prints one line. */
    child: { type: "boolean", default: false },
  },
})
const say = (line: string) => void process.stderr.write(`${performance.now().toFixed(0).padStart(7)} ms  ${line}\n`)

interface Job {
  name: string
  format: FormatName
  folder: string
}

interface KnownFigures {
  published: Figures
  reference: Figures
}

const isFormat = (name: string): name is FormatName => Object.hasOwn(formats, name)
const isDataset = (name: string): name is keyof typeof datasets => Object.hasOwn(datasets, name)

function jobs(): Job[] {
  const { format, data } = values
  if (format !== undefined) {
    if (!isFormat(format)) throw new Error(`--format is one of ${Object.keys(formats).join(", ")}`)
    return positionals.map((folder) => ({ name: basename(folder), format, folder }))
  }
  return (positionals.length > 0 ? positionals : Object.keys(datasets)).map((name) => {
    if (!isDataset(name)) throw new Error(`${name} is none of ${Object.keys(datasets).join(", ")}; name its --format`)
    return { name, format: datasets[name].format, folder: join(data, name) }
  })
}

async function runHere({ format, folder }: Job): Promise<void> {
  const { "search-trials": trials, "budget-seconds": seconds, seed } = values
  const result = await runDataset(folder, formats[format], {
    seed: Number(seed),
    ...(trials !== undefined && { searchTrials: Number(trials) }),
    ...(seconds !== undefined && { budgetSeconds: Number(seconds) }),
    validateOnly: values["validate-only"],
    onProgress: say,
  })
  process.stdout.write(`${JSON.stringify(result)}\n`)
}

/** The result of a data set, from a process whose peak memory is its own. */
function runApart({ format, folder }: Job): Promise<DatasetResult> {
  const flags = ["seed", "search-trials", "budget-seconds"].flatMap((flag) => {
    const value = values[flag as "seed"]
    return value === undefined ? [] : [`--${flag}`, value]
  })
  const script = fileURLToPath(import.meta.url)
  const switches = ["--child", ...(values["validate-only"] ? ["--validate-only"] : [])]
  const given = [...process.execArgv, script, ...switches, "--format", format, ...flags, folder]
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, given, { stdio: ["ignore", "pipe", "inherit"] })
    let text = ""
    child.stdout.on("data", (chunk: Buffer) => {
      text += chunk.toString()
    })
    child.on("error", reject)
    child.on("exit", (code) =>
      code === 0 ? resolve(JSON.parse(text) as DatasetResult) : reject(new Error(`${folder}: exit code ${code}`)),
    )
  })
}

const rounded = (figures: Figures) =>
  Object.fromEntries(Object.entries(figures).map(([name, value]) => [name, Math.round(value * 1e4) / 1e4]))

function tableOf({ name, format }: Job, result: DatasetResult): string {
  const { figures, note }: Format = formats[format]
  const known: KnownFigures = isDataset(name) ? datasets[name] : { published: {}, reference: {} }
  const rows: [string, Figures][] = [
    ["factors alone", result.factorsAlone],
    [`graph alone (${result.graph})`, result.graphAlone],
    ["blend", result.metrics],
    ["best published", known.published],
    ["reference", known.reference],
  ]
  const names = Object.keys(figures)
  const cell = (value: number | undefined) =>
    (value === undefined ? "–" : value >= 1 ? value.toFixed(2) : value.toFixed(4)).padStart(10)
  return [
    `${name} (${note})`,
    `${"".padEnd(28)}${names.map((figure) => figure.padStart(10)).join("")}`,
    ...rows.map(([row, own]) => `${row.padEnd(28)}${names.map((figure) => cell(own[figure])).join("")}`),
    `training ${result.trainSeconds.toFixed(0)} s, peak memory ${result.peakMemoryMB.toFixed(0)} MB\n`,
  ].join("\n")
}

async function main(): Promise<void> {
  const selected = jobs()
  if (values.child) return runHere(selected[0]!)
  say(
    `${cpus()[0]?.model}, ${availableParallelism()} cores, Node ${process.version}; ids and order permuted with seed ${values.seed}; training includes the search`,
  )
  const lines: string[] = []
  for (const job of selected) {
    if (!existsSync(job.folder)) {
      say(`${job.name} is left out: ${job.folder} is not there; give the folder of the data sets with --data PATH`)
      process.exitCode = 1
      continue
    }
    const result = await runApart(job)
    process.stdout.write(`${tableOf(job, result)}\n`)
    lines.push(
      JSON.stringify({
        bench: "quality",
        dataset: job.name,
        metrics: rounded(result.metrics),
        factorsAlone: rounded(result.factorsAlone),
        graphAlone: rounded(result.graphAlone),
        trainSeconds: Math.round(result.trainSeconds * 10) / 10,
        peakMemoryMB: Math.round(result.peakMemoryMB),
      }),
    )
  }
  for (const line of lines) process.stdout.write(`${line}\n`)
}

await main()
