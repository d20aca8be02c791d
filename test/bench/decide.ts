import { readFileSync } from "node:fs"
import { parseArgs } from "node:util"
import { parseWorld, randomWorld } from "../../models/simulate/world.ts"
import { openDecisionShop, worthOf } from "./decide/decision-shop.ts"

/** Decides in simulated shops and compares what the decisions bring with chance, with the best single offer and with what could be known. */
const { values } = parseArgs({
  options: {
    world: { type: "string" },
    worlds: { type: "string", default: "5" },
    moments: { type: "string", default: "2000" },
  },
})
const say = (line: string) => void process.stderr.write(`${line}\n`)

for (let drawn = 1; drawn <= Number(values.worlds); drawn++) {
  const world = values.world ? parseWorld(JSON.parse(readFileSync(values.world, "utf8"))) : randomWorld(drawn)
  const { offers, moments } = openDecisionShop(world, drawn, Number(values.moments))
  const worths = moments.map((moment) => moment.survivors.map((_, option) => worthOf(moment, option)))
  const mean = (of: (worths: readonly number[]) => number) =>
    worths.reduce((sum, row) => sum + of(row), 0) / moments.length
  const random = mean((row) => row.reduce((sum, worth) => sum + worth, 0) / (row.length + 1))
  const allKnowing = mean((row) => Math.max(0, ...row))
  say(
    `world ${drawn}: ${offers.length} offers, ${moments.length} decisions; random ${random.toFixed(4)}, all-knowing ${allKnowing.toFixed(4)}`,
  )
}
