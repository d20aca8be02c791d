import { chmodSync, mkdtempSync, rmSync } from "node:fs"
import { availableParallelism, cpus, tmpdir } from "node:os"
import { join } from "node:path"
import { linesOf } from "../../load-tests/run/answers/report.ts"
import { closeOnExit } from "../../load-tests/run/close-on-exit.ts"
import { type Comparison, compare, nameOf } from "./held/compare.ts"
import { benches, figures } from "./held/figures.ts"
import { help, type Options, parseOptions } from "./held/options.ts"
import { runBench } from "./held/run-bench.ts"

/** Reruns what README.md and BENCHMARKS.md claim and names the figures that moved; `help` says how. */
const say = (line: string) => void process.stderr.write(`${line}\n`)

const figuresOf = (chosen: readonly string[]) => figures.filter(({ bench }) => chosen.includes(bench))

function list({ benches: chosen }: Options): void {
  const rows = figuresOf(chosen).map((figure) => [
    nameOf(figure),
    String(figure.was),
    `± ${figure.tolerance}`,
    figure.reason,
  ])
  for (const line of linesOf([["figure", "claimed", "tolerance", "because of"], ...rows]))
    process.stdout.write(`${line}\n`)
}

function tableOf({ figures: held, moved }: Comparison): string[] {
  const rows = Object.entries(held).map(([name, { value, was, tolerance }]) => [
    name,
    value === null ? "-" : String(value),
    String(was),
    `± ${tolerance}`,
    moved.includes(name) ? "moved" : "",
  ])
  return linesOf([["figure", "measured", "claimed", "tolerance", ""], ...rows])
}

async function run({ benches: chosen, data }: Options, closing: (() => unknown)[]): Promise<void> {
  const begun = performance.now()
  const minutes = () => `${((performance.now() - begun) / 60_000).toFixed(1)} min`
  say(`${cpus()[0]?.model}, ${availableParallelism()} cores, Node ${process.version}; one bench at a time`)
  const scratch = mkdtempSync(join(tmpdir(), "beforehand-held-"))
  chmodSync(scratch, 0o755)
  closing.push(() => rmSync(scratch, { recursive: true, force: true, maxRetries: 10 }))
  const lines = new Map<string, unknown>()
  const failures: string[] = []
  for (const [n, name] of chosen.entries()) {
    say(`[${minutes()}] ${name}, ${n + 1} of ${chosen.length}`)
    const result = await runBench(benches[name]!, { data, scratch, onStart: (stop) => closing.push(stop) })
    if ("line" in result) lines.set(name, result.line)
    else failures.push(`${name} failed: ${result.failure}`)
    for (const line of tableOf(compare(figuresOf([name]), lines))) say(line)
  }
  const compared = compare(figuresOf(chosen), lines)
  for (const line of tableOf(compared)) say(line)
  for (const failure of failures) say(failure)
  say(`${compared.moved.length} of ${Object.keys(compared.figures).length} figures moved; ${minutes()} in all`)
  process.stdout.write(`${JSON.stringify(compared)}\n`)
  if (compared.moved.length > 0) process.exitCode = 1
}

const options = parseOptions(process.argv.slice(2))
if (options === "help") process.stdout.write(`${help}\n`)
else if (options.list) list(options)
else {
  const { closing, close } = closeOnExit()
  await run(options, closing).finally(close)
}
