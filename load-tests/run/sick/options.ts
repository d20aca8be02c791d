import { parseArgs } from "node:util"
import { faults } from "./faults/faults.ts"

export interface Options {
  rounds: number
  /** Number of the first round, from 0. */
  first: number
  /** Duration of a fault. */
  seconds: number
  rate: number
  /** Number of stops and starts of replicas while requests arrive. */
  restarts: number
  customers: number
  items: number
  /** The parts to measure; all by default. */
  only: readonly string[]
  /** Commit of the version that this one is rolled over from. */
  previous: string
  /** A checkout of it with its packages. */
  previousRoot: string | undefined
  keep: boolean
  /** A folder for what the replicas expose during each fault. */
  record: string | undefined
}

/** Measured beside the faults. */
const otherParts = ["drain", "scrape", "alerts", "rollover"] as const
const parts: readonly string[] = [...faults.map(({ name }) => name), ...otherParts]

const usual = { rounds: 3, first: 1, seconds: 20, rate: 80, restarts: 20, customers: 2000, items: 1000 }

/** The last commit before migrations stated which code may serve beside them. */
const previous = "b74f121"

export const help = `usage: npm run bench:sick -- [options]

Makes a PostgreSQL sick in every way that the service must survive, while two replicas of it behind a balancer answer the steady
mix, and looks for every acknowledged event and decision afterwards. The primary and its synchronous standby, the network to
them, the balancer and the load are its own; all that it makes is removed when it ends or is interrupted. Text goes to stderr, one
line of JSON to stdout; a figure that was not measured is null.

  --rounds N      how often each fault is made (${usual.rounds})
  --first N       number of the first round; some faults have another form in every round (1)
  --seconds N     how long each lasts (${usual.seconds})
  --only A,B      only these parts: ${parts.join(", ")}
  --rate N        requests a second (${usual.rate})
  --restarts N    how often a replica is stopped and started under load (${usual.restarts})
  --customers N   of the made shop (${usual.customers})
  --items N       of the made shop (${usual.items})
  --record FOLDER keep what the replicas expose before, during and after each fault of the first round
  --previous COMMIT  the version to roll over from (${previous})
  --previous-root F  a checkout of it with its packages; without it one is installed for the run
  --keep          leave the folder with the logs
  --help          print this`

/** Returns the options of a command line, or `"help"`; throws for a flag that does not exist or a value that is none. */
export function parseOptions(args: readonly string[]): Options | "help" {
  const text = { type: "string" } as const
  const { values } = parseArgs({
    args: [...args],
    options: {
      rounds: text,
      first: text,
      seconds: text,
      only: text,
      record: text,
      rate: text,
      restarts: text,
      customers: text,
      items: text,
      previous: { type: "string", default: previous },
      "previous-root": text,
      keep: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  })
  if (values.help) return "help"
  const numberOf = (name: keyof typeof usual, least: number): number => {
    const value = Number(values[name] ?? usual[name])
    if (!Number.isInteger(value) || value < least)
      throw new Error(`--${name} must be a whole number of at least ${least}`)
    return value
  }
  const only = values.only?.split(",") ?? parts
  const unknown = only.find((part) => !parts.includes(part))
  if (unknown !== undefined) throw new Error(`--only knows no ${unknown}; give some of ${parts.join(", ")}`)
  return {
    rounds: numberOf("rounds", 1),
    first: numberOf("first", 1) - 1,
    seconds: numberOf("seconds", 2),
    rate: numberOf("rate", 1),
    restarts: numberOf("restarts", 1),
    customers: numberOf("customers", 100),
    items: numberOf("items", 200),
    only,
    previous: values.previous,
    previousRoot: values["previous-root"],
    keep: values.keep,
    record: values.record,
  }
}
