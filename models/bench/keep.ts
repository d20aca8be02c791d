import { readFileSync } from "node:fs"
import { cpus } from "node:os"
import { parseArgs } from "node:util"
import { clusteredMean } from "../../src/core/measure/estimate.ts"
import { designHalt } from "../../src/core/plan/halt.ts"
import { parseWorld } from "../simulate/world.ts"
import { keepWorld } from "./keep/keep-world.ts"
import { falseCertificates, falseHalts, haltPower, incrementCoverage } from "./keep/monitors.ts"
import { waves } from "./keep/programme.ts"
import { costs, floor, promise, runWorld, type WorldResult } from "./keep/run-world.ts"
import { single } from "./keep/sent-customers.ts"

/** Measures plans in simulated shops whose truth is known, and the monitors of a plan. */
const { values: flags } = parseArgs({
  options: {
    world: { type: "string" },
    worlds: { type: "string", default: "5" },
    runs: { type: "string", default: "1000" },
  },
})
const worlds = Number(flags.worlds)
const runs = Number(flags.runs)
const startedAt = performance.now()
const say = (line: string) =>
  void process.stderr.write(`${((performance.now() - startedAt) / 1000).toFixed(0).padStart(4)} s  ${line}\n`)
const rounded = (value: number) => Number(value.toFixed(4))

say(
  `${flags.world === undefined ? `${worlds} worlds drawn from the ranges of models/simulate, each with its own shop` : `${worlds} shops of the world in ${flags.world}`}; costs ${JSON.stringify(costs)}`,
)
say(
  `an exploring programme sent each known customer ${waves.map(({ sends }) => sends).join(", ")} of 20 candidates at random, ${waves.map(({ before }) => before).join(", ")} of the shop's days before the plan, a tenth of them in the holdout; the keep model is trained on these sends as served, ` +
    "the rebuy model on the log; all customers have opted in; the last window certifies the cut-off",
)
say(
  "the best plan with the same features uses E[p | features] and E[b | features], estimated from the truth (regression of the true log odds, cross-fitted); all plans have the same limits",
)
say(`Node ${process.version}, one thread of ${cpus().length} cores of ${cpus()[0]?.model ?? "an unknown kind"}`)

const results: WorldResult[] = []
for (let n = 1; n <= worlds; n++) {
  const world = flags.world === undefined ? keepWorld(n) : parseWorld(JSON.parse(readFileSync(flags.world, "utf8")))
  const one = await runWorld(world, n)
  results.push(one)
  const { ours, best, byP, oracle } = one.value
  say(
    `shop ${n}: true value ${ours.toFixed(0)}, best plan with these features ${best.toFixed(0)} (ratio ${(ours / best).toFixed(3)}), by p alone ${byP.toFixed(0)}, with the truth ${oracle.toFixed(0)}`,
  )
  for (const note of one.notes) say(`  ${note}`)
}
const total = (of: (value: WorldResult["value"]) => number) => results.reduce((sum, { value }) => sum + of(value), 0)
const kept = results.flatMap((one) => one.kept)
const share = clusteredMean(
  kept.map((one) => (one.kept ? 1 : 0)),
  kept.map(({ customerId }) => customerId),
)
say(
  `${kept.length} sends, ${share.value.toFixed(4)} kept; the promise of ${promise} less 1.64 standard errors by customer is ${(promise - 1.64 * share.error).toFixed(4)}; floor ${floor}`,
)

const design = designHalt({ promise })
const alternating = { sends: 5, correlation: 0.2, served: 400 }
const inARow = { sends: 4, correlation: 0.1, served: 1 }
const clusterings = [single, alternating, inARow]
const figures = clusterings.map((clustering) => {
  const powerAfter = (before: number) => haltPower(design, clustering, { runs, before, good: 0.72, bad: 0.55 })
  const [atOnce, after1000, after5000] = [powerAfter(0), powerAfter(1000), powerAfter(5000)]
  const falseHaltShare = falseHalts(design, clustering, runs, 10_000)
  const certified = falseCertificates(promise, clustering, Math.min(runs, 200), 2000)
  say(
    `${JSON.stringify(clustering)}: halted within 300 sends at .55, at once ${atOnce.toFixed(3)}, after 1,000 at .72 ${after1000.toFixed(3)}, after 5,000 ${after5000.toFixed(3)}; ` +
      `false halts in 10,000 sends at ${promise} ${falseHaltShare.toFixed(3)}; certificates ever above it ${certified.toFixed(3)} (${runs} runs)`,
  )
  return { power: Math.min(atOnce, after1000), after5000, falseHalts: falseHaltShare }
})
const coverage = incrementCoverage(
  results.flatMap(({ customers }) => customers),
  Math.ceil(runs / 2),
)
say(`the measured increment's interval held the truth in ${coverage.toFixed(3)} of ${Math.ceil(runs / 2)} plans`)
const [plain, clustered, hardest] = figures as [(typeof figures)[0], (typeof figures)[0], (typeof figures)[0]]
process.stdout.write(
  `${JSON.stringify({
    bench: "keep",
    valueToBest: rounded(total(({ ours }) => ours) / total(({ best }) => best)),
    valueToByP: ratioTo(
      total(({ ours }) => ours),
      total(({ byP }) => byP),
    ),
    keptShare: rounded(share.value),
    promise,
    sends: kept.length,
    haltPower: plain.power,
    haltPowerAfter5000: plain.after5000,
    falseHalts: plain.falseHalts,
    incrementCoverage: coverage,
    keptShareError: rounded(share.error),
    clustered: { alternating: clustered, inARow: hardest },
  })}\n`,
)

/** Returns value ÷ other, and 1000 where the other earns nothing. */
function ratioTo(value: number, other: number): number {
  return other > 0 ? rounded(value / other) : 1000
}
