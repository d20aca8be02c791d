import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { parseArgs } from "node:util"
import { crossFit, meanOutcomes } from "../../src/core/measure/cross-fit.ts"
import { clusteredMean, type Estimate, normal95 } from "../../src/core/measure/estimate.ts"
import {
  directMethod,
  doublyRobust,
  inversePropensityScore,
  type OffPolicyLog,
  selfNormalisedScore,
} from "../../src/core/measure/off-policy.ts"
import { overlapOf } from "../../src/core/measure/overlap.ts"
import { choiceFrequencies, type Impression, readImpressions } from "./open-bandit.ts"
import { runPeer } from "./peers.ts"
import { createPython } from "./python-peer.ts"

/** Estimates the value of the bts policy from the random log of an Open Bandit folder, beside obp on the same inputs and beside its own clicks. */
const { values, positionals } = parseArgs({
  options: { data: { type: "string", default: "../shared/data" }, python: { type: "string" } },
  allowPositionals: true,
})
const folder = positionals[0] ?? join(values.data, "open-bandit-men")
const say = (line: string) => void process.stderr.write(`${line}\n`)

const estimators = ["ips", "snips", "directMethod", "doublyRobust"] as const
type Estimates = Record<(typeof estimators)[number], Estimate>
type PeerAnswer = Record<(typeof estimators)[number], number> & { peer: string; why?: string }

interface Inputs {
  log: OffPolicyLog
  /** Item chosen, logged probability, and rounds × items: the policy's probabilities and the model's expectations. */
  chosen: Int32Array
  pscore: Float64Array
  policy: Float64Array
  expected: Float64Array
  items: number
}

function inputsOf(random: readonly Impression[], bts: readonly Impression[]): Inputs {
  const items = Math.max(...[...random, ...bts].map(({ item }) => item)) + 1
  const frequencies = choiceFrequencies(bts, items)
  const policyAt = (position: number) => frequencies.get(position) ?? new Float64Array(items)
  const policy = new Float64Array(random.length * items)
  random.forEach(({ position }, round) => {
    policy.set(policyAt(position), round * items)
  })
  return {
    log: {
      reward: Float64Array.from(random, ({ click }) => click),
      weight: Float64Array.from(random, ({ item, position, probability }) => policyAt(position)[item]! / probability),
    },
    chosen: Int32Array.from(random, ({ item }) => item),
    pscore: Float64Array.from(random, ({ probability }) => probability),
    policy,
    expected: expectations(random, items),
    items,
  }
}

/** Cross-fitted smoothed click rates by item and position. */
function expectations(random: readonly Impression[], items: number): Float64Array {
  const optionsAt = new Map<number, string[]>()
  for (const { position } of random) {
    if (!optionsAt.has(position)) {
      optionsAt.set(
        position,
        Array.from({ length: items }, (_, item) => `${item}@${position}`),
      )
    }
  }
  const choices = random.map(({ item, position, click }, round) => ({
    customerId: String(round),
    options: optionsAt.get(position)!,
    chosen: item,
    reward: click,
  }))
  const expected = new Float64Array(random.length * items)
  for (let item = 0; item < items; item++) {
    const always = Array.from({ length: items }, (_, option) => (option === item ? 1 : 0))
    const { ofCandidate } = crossFit(
      choices,
      choices.map(() => always),
      meanOutcomes<string>((key) => key),
    )
    ofCandidate.forEach((value, round) => {
      expected[round * items + item] = value
    })
  }
  return expected
}

function estimate({ log, chosen, policy, expected, items }: Inputs): Estimates {
  const rounds = chosen.length
  const ofCandidate = new Float64Array(rounds)
  for (let n = 0; n < rounds * items; n++) ofCandidate[Math.floor(n / items)]! += policy[n]! * expected[n]!
  const model = { ofChosen: Float64Array.from(chosen, (item, round) => expected[round * items + item]!), ofCandidate }
  return {
    ips: inversePropensityScore(log),
    snips: selfNormalisedScore(log),
    directMethod: directMethod(model),
    doublyRobust: doublyRobust(log, model),
  }
}

function runObp({ log, chosen, pscore, policy, expected, items }: Inputs, scratch: string): PeerAnswer {
  const files = { reward: log.reward, chosen, pscore, policy, expected }
  for (const [name, data] of Object.entries(files)) writeFileSync(join(scratch, name), new Uint8Array(data.buffer))
  writeFileSync(join(scratch, "shape.json"), JSON.stringify({ rounds: chosen.length, actions: items }))
  const installs = [["numpy"], ["pandas", "scikit-learn"], ["--no-deps", "obp"]]
  const python = values.python ?? createPython(scratch, installs, say)
  return runPeer<PeerAnswer>(python, "ope.py", [scratch])
}

function report(inputs: Inputs, onPolicy: Estimate, peer: PeerAnswer): void {
  const ours = estimate(inputs)
  const show = ({ value, error, low, high }: Estimate) =>
    `${value.toFixed(6)} ± ${error.toFixed(6)} [${low.toFixed(6)}, ${high.toFixed(6)}]`
  const inside = ({ value, error }: Estimate) =>
    Math.abs(value - onPolicy.value) <= normal95 * Math.hypot(error, onPolicy.error)
  say(`on-policy    ${show(onPolicy)}`)
  for (const name of estimators) {
    say(
      `${name.padEnd(12)} ${show(ours[name])} · peer ${peer[name].toFixed(9)} · ${inside(ours[name]) ? "inside" : "outside"}`,
    )
  }
  const { effectiveSampleSize, maxWeight, topShare, meanWeight } = overlapOf(
    inputs.log,
    new Float64Array(inputs.chosen.length),
  )
  say(
    `effective sample ${effectiveSampleSize.toFixed(0)} of ${inputs.chosen.length}, largest weight ${maxWeight.toFixed(2)}, ` +
      `heaviest hundredth ${(topShare * 100).toFixed(1)} %, mean weight ${meanWeight.value.toFixed(4)} ± ${meanWeight.error.toFixed(4)}`,
  )
  if (peer.why) say(`obp could not run (${peer.why}); its published formulas did`)
  else say("obp ran its numpy code, with an empty stand-in for torch, which that code never calls")
  const maxDifference = Math.max(...estimators.map((name) => Math.abs(ours[name].value - peer[name])))
  const onPolicyInside = estimators.every((name) => inside(ours[name]))
  process.stdout.write(`${JSON.stringify({ bench: "ope", maxDifference, onPolicyInside, peer: peer.peer })}\n`)
}

function run(): void {
  const random = readImpressions(folder, "random")
  const bts = readImpressions(folder, "bts")
  say(
    `${folder}: ${random.length} random impressions, ${bts.length} of bts; bts's probabilities are its choice frequencies by position`,
  )
  const scratch = mkdtempSync(join(tmpdir(), "beforehand-ope-"))
  try {
    const inputs = inputsOf(random, bts)
    report(inputs, clusteredMean(bts.map(({ click }) => click)), runObp(inputs, scratch))
  } finally {
    rmSync(scratch, { recursive: true, force: true })
  }
}

if (existsSync(folder)) run()
else {
  say(`no log to value: ${folder} is not there; name a folder of the Open Bandit layout`)
  process.exitCode = 1
}
