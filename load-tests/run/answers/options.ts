import { parseArgs } from "node:util"

export interface Options {
  /** The commit to compare with; `undefined` measures this one alone. */
  against: string | undefined
  seconds: number
  repeats: number
  minutes: number
  customers: number
  items: number
  /** Questions a second to one route. */
  rate: number
  /** A folder for what the servers spend their time on. */
  profile: string | undefined
}

const usual = { seconds: 2.5, repeats: 5, minutes: 12, customers: 10_000, items: 5_000, rate: 100 }
const quick = { ...usual, seconds: 1, repeats: 2, minutes: 4, customers: 2_000, items: 2_000 }

export const help = `usage: npm run bench:answers -- [--against COMMIT] [options]

Measures what an answer costs, by route: processor time of the server and of PostgreSQL, and how long it takes; then the highest
rate of /v1/recommend with p99 <= 50 ms. With --against, another commit is checked out and installed in a temporary folder and asked
the same questions in turn with this one. A twin (this code on a second database) shows the noise, a bare route the least a
server can do. Text goes to stderr, one line of JSON to stdout.

  --against COMMIT   compare with this commit
  --seconds N        for each route in each repeat (${usual.seconds}; quick ${quick.seconds})
  --repeats N        how often each side is asked (${usual.repeats}; quick ${quick.repeats})
  --rate N           requests a second to one route (${usual.rate})
  --customers N      of the made shop (${usual.customers}; quick ${quick.customers})
  --items N          of the made shop (${usual.items}; quick ${quick.items})
  --minutes N        stop measuring after this time and report what there is (${usual.minutes}; quick ${quick.minutes})
  --profile FOLDER   say which functions the servers spent their time in; the profiler itself costs time
  --quick            a smaller shop and shorter repeats
  --help             print this

Ratios are new / old; cpuRatio and p95Ratio are medians over the repeats. Interrupting it removes all it made.`

/** Returns the options of a command line, or `"help"`; throws for a flag that does not exist or a number that is none. */
export function parseOptions(args: readonly string[]): Options | "help" {
  const text = { type: "string" } as const
  const { values } = parseArgs({
    args: [...args],
    options: {
      against: text,
      seconds: text,
      repeats: text,
      minutes: text,
      customers: text,
      items: text,
      rate: text,
      profile: text,
      quick: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  })
  if (values.help) return "help"
  const defaults = values.quick ? quick : usual
  const numberOf = (name: keyof typeof defaults, least: number): number => {
    const value = Number(values[name] ?? defaults[name])
    if (Number.isNaN(value) || value < least) throw new Error(`--${name} must be a number of at least ${least}`)
    return value
  }
  return {
    against: values.against,
    seconds: numberOf("seconds", 0.5),
    repeats: Math.round(numberOf("repeats", 1)),
    minutes: numberOf("minutes", 1),
    customers: Math.round(numberOf("customers", 100)),
    items: Math.round(numberOf("items", 200)),
    rate: Math.round(numberOf("rate", 1)),
    profile: values.profile,
  }
}
