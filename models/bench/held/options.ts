import { parseArgs } from "node:util"
import { benchNames } from "./figures.ts"

export interface Options {
  /** Names of the benches to run, in their order. */
  benches: readonly string[]
  /** Prints the claimed figures and runs nothing. */
  list: boolean
  /** The folder of the data sets. */
  data: string
}

export const help = `usage: npm run bench:held -- [options]

Runs the benches whose figures README.md and BENCHMARKS.md claim, one after the other, and compares each figure with the
claim. Text goes to stderr, one line of JSON to stdout. "moved" names the figures outside their tolerance; a figure of a
bench that failed, for one because its data is absent, has the value null and has moved. The exit code is 1 if any moved.
The peers' figures need python3 with venv and a package index.

  --only NAMES   run these alone, separated by commas: ${benchNames.join(", ")};
                 quality stands for its four data sets
  --data PATH    the folder of the data sets (../shared/data)
  --list         print the claimed figures with their tolerances and run nothing
  --help         print this

Results do not depend on how busy the machine is. A run takes about an hour on two idle cores, and hours on busy ones.`

/** Returns the options of a command line, or `"help"`; throws for a flag or a bench that does not exist. */
export function parseOptions(args: readonly string[]): Options | "help" {
  const { values } = parseArgs({
    args: [...args],
    options: {
      only: { type: "string" },
      data: { type: "string", default: "../shared/data" },
      list: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  })
  if (values.help) return "help"
  const { only, data, list } = values
  return { benches: only === undefined ? benchNames : select(only.split(",").map((name) => name.trim())), list, data }
}

function select(wanted: readonly string[]): string[] {
  const isMeant = (bench: string, name: string) => bench === name || bench.startsWith(`${name}-`)
  const unknown = wanted.filter((name) => !benchNames.some((bench) => isMeant(bench, name)))
  if (unknown.length > 0)
    throw new Error(`--only names no bench ${unknown.join(", ")}; the benches are ${benchNames.join(", ")}`)
  return benchNames.filter((bench) => wanted.some((name) => isMeant(bench, name)))
}
