import { execFile } from "node:child_process"
import { mkdtempSync, readFileSync, rmSync } from "node:fs"
import { cpus, tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { parseArgs } from "node:util"
import { defaultPolicy } from "../../src/core/policy/policy.ts"
import { parseWorld } from "../simulate/world.ts"
import { decisionRanges, decisionWorld } from "./decide/decision-world.ts"
import { reportOf } from "./decide/report.ts"
import { vowpalOptions } from "./decide/run-vowpal.ts"
import type { WorldResult, WorldTask } from "./decide/run-world.ts"
import { peerPython, withoutPeer } from "./peers.ts"

/** Compares decisions in simulated shops whose truth is known with chance, the best single offer, Vowpal Wabbit and an oracle that sees the features. */
const { values: flags } = parseArgs({
  options: {
    world: { type: "string" },
    worlds: { type: "string", default: "5" },
    seeds: { type: "string", default: "10" },
    decisions: { type: "string", default: "16000" },
    logs: { type: "string", default: "500" },
    threads: { type: "string", default: "2" },
    python: { type: "string" },
    "no-peer": { type: "boolean", default: false },
    quick: { type: "boolean", default: false },
  },
})
const quick = flags.quick
const worlds = quick || flags.world !== undefined ? 1 : Number(flags.worlds)
const seeds = quick ? 2 : Number(flags.seeds)
const decisions = quick ? 2500 : Number(flags.decisions)
const logs = quick ? 20 : Number(flags.logs)
const mostSingleShare = 0.6
const drawsInAll = 100
const logSize = quick ? 1000 : 5000
const say = (line: string) => void process.stderr.write(`${line}\n`)
const script = fileURLToPath(new URL("decide/run-world-process.ts", import.meta.url))

function runInProcess(task: WorldTask): Promise<WorldResult> {
  return new Promise((resolve, reject) => {
    const options = { maxBuffer: 64 * 1024 * 1024 }
    const args = ["--import", "tsx", "--max-old-space-size=4096", script, JSON.stringify(task)]
    const child = execFile(process.execPath, args, options, (error, stdout) =>
      error ? reject(error) : resolve(JSON.parse(stdout) as WorldResult),
    )
    child.stderr?.pipe(process.stderr, { end: false })
  })
}

/**
 * Draws worlds, seed by seed, until one is accepted; the world of a file is always accepted. Each slot has seeds of its own, so that results do
 * not depend on which process ends first.
 */
async function findWorld(slot: number, python: string | null, scratch: string) {
  for (let worldSeed = slot + 1; ; worldSeed += worlds) {
    const own = Array.from({ length: seeds }, (_, n) => n + 1).filter((seed) => (seed - 1) % worlds === slot)
    const result = await runInProcess({
      world:
        flags.world === undefined
          ? decisionWorld(worldSeed)
          : parseWorld(JSON.parse(readFileSync(flags.world, "utf8"))),
      worldSeed,
      seeds: own,
      decisions,
      python,
      scratch,
      mostSingleShare: quick || flags.world !== undefined ? null : mostSingleShare,
      coverage: slot === 0 ? { logs, size: logSize } : null,
      draws: Math.ceil(drawsInAll / seeds),
    })
    say(
      `world ${worldSeed}: the best single offer reaches ${(result.singleShare * 100).toFixed(0)} % of the oracle over random${result.rejected ? ", which is too much: drawing another" : ""}`,
    )
    if (!result.rejected) return result
  }
}

async function run(python: string | null, scratch: string): Promise<void> {
  const startedAt = performance.now()
  say(
    `${worlds} worlds of models/simulate's ranges and ${JSON.stringify(decisionRanges)}; seeds 1 to ${seeds} in turn, ${decisions} decisions a run over 120 days on web, app and e-mail;\n` +
      "the 18 offers of items have values from 4 to 6 and cost 0.02; outcomes reach our training after 7 days, Vowpal Wabbit at once;\n" +
      `exploring may cost at most ${defaultPolicy.explorationCostShare} of the scale of rewards, as by default; Vowpal Wabbit's options were chosen on world 101;\n` +
      "offers do not change what customers do later, and no contact policy applies; " +
      `Vowpal Wabbit: ${python === null ? "left out" : vowpalOptions};\n` +
      `Node ${process.version}, ${cpus().length} cores of ${cpus()[0]?.model ?? "an unknown kind"}, ${flags.threads} processes`,
  )
  const slots = [...Array(worlds).keys()]
  const results: WorldResult[] = []
  const work = async () => {
    for (let slot = slots.shift(); slot !== undefined; slot = slots.shift())
      results[slot] = await findWorld(slot, python, scratch)
  }
  await Promise.all(Array.from({ length: Number(flags.threads) }, work))
  const { lines, line } = reportOf(results)
  for (const one of lines) say(one)
  say(`${((performance.now() - startedAt) / 1000).toFixed(0)} s in all`)
  process.stdout.write(`${JSON.stringify(line)}\n`)
}

const scratch = mkdtempSync(join(tmpdir(), "beforehand-decide-"))
try {
  const python = flags["no-peer"] ? null : peerPython(["vowpalwabbit"], scratch, flags.python)
  if (python === undefined) withoutPeer(["vowpalwabbit"])
  else await run(python, scratch)
} finally {
  rmSync(scratch, { recursive: true, force: true })
}
