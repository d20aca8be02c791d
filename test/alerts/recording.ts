import { namedInQuery } from "../support/promql.ts"

/** Values of one replica's series, about a second apart. */
export interface Recording {
  /** Per scrape: the growth of a counter, the value of a gauge, or seconds from the scrape to a point in time. */
  series: Readonly<Record<string, { kind: Kind; values: readonly number[] }>>
}

type Kind = "counter" | "gauge" | "time"

const scrapeSeconds = 15
/** Loops that rest for longer than a recording lasts, so that they seem to stand still in it. */
const rarely = /loop="(retain|follow-acceptances)"/
/** Least growth a second of a value that is an age. */
const ageSlope = 0.8

/** Returns the names of the series that expressions ask for. */
export const seriesOf = (expressions: readonly string[]): ReadonlySet<string> =>
  new Set(expressions.flatMap((expression) => [...namedInQuery(expression).labelsByMetric.keys()]))

const round = (value: number) => Math.round(value * 1e4) / 1e4

/** Condenses what was scraped between two moments, in milliseconds, to the named series. */
export function condense(text: string, [from, to]: readonly [number, number], names: ReadonlySet<string>): Recording {
  const scrapes = text
    .split(/^# scraped at /m)
    .slice(1)
    .map((scrape) => ({ at: Number.parseInt(scrape, 10), values: valuesOf(scrape, names), kinds: kindsOf(scrape) }))
    .filter(({ at, values }) => at >= from && at <= to && values.size > 0)
  const keys = new Set(scrapes.flatMap(({ values }) => [...values.keys()].filter((key) => !rarely.test(key))))
  const series = [...keys].sort().flatMap((key) => {
    const name = key.replace(/\{.*/, "")
    const type = scrapes.at(-1)!.kinds.get(name.replace(/_(bucket|sum|count)$/, "")) ?? scrapes.at(-1)!.kinds.get(name)
    const kind: Kind = name.endsWith("_timestamp_seconds") ? "time" : type === "gauge" ? "gauge" : "counter"
    const read = scrapes.map(({ at, values }) => ({ at, value: values.get(key) }))
    const values =
      kind === "counter"
        ? read.slice(1).map(({ value = 0 }, n) => Math.max(0, value - (read[n]!.value ?? 0)))
        : read.flatMap(({ at, value }) => (value === undefined ? [] : [kind === "time" ? value - at / 1000 : value]))
    const isIdle = kind === "counter" && values.every((value) => value === 0)
    return isIdle ? [] : [[key, { kind, values: values.map(round) }] as const]
  })
  return { series: Object.fromEntries(series) }
}

function valuesOf(scrape: string, names: ReadonlySet<string>): ReadonlyMap<string, number> {
  const lines = [...scrape.matchAll(/^([a-zA-Z_:][\w:]*)(\{.*\})? (\S+)$/gm)]
  return new Map(
    lines.flatMap(([, name, labels = "", value]) =>
      names.has(name!) && Number.isFinite(Number(value)) ? [[name! + labels, Number(value)]] : [],
    ),
  )
}

const kindsOf = (scrape: string): ReadonlyMap<string, string> =>
  new Map([...scrape.matchAll(/^# TYPE (\S+) (\S+)$/gm)].map(([, name, kind]) => [name!, kind!]))

/** Returns the values of a recording stretched to a number of seconds, as a scrape every 15 seconds would have them. */
export function stretch({ series }: Recording, seconds: number): { series: string; values: string }[] {
  const steps = Math.floor(seconds / scrapeSeconds) + 1
  const stretched = Object.entries(series).map(([key, { kind, values }]) => ({
    series: withTarget(key),
    values: valuesAt(kind, values, steps).map(round).join(" "),
  }))
  return [...stretched, { series: withTarget("up"), values: `1x${steps - 1}` }]
}

function withTarget(key: string): string {
  const [, name, labels] = /^([^{]+)(?:\{(.*)\})?$/.exec(key)!
  return `${name}{${[labels, 'instance="replica-1"', 'job="beforehand"'].filter(Boolean).join(",")}}`
}

function valuesAt(kind: Kind, values: readonly number[], steps: number): number[] {
  const count = values.length
  const first = values[0]!
  const slope = count > 2 ? (values.at(-1)! - first) / (count - 1) : 0
  return Array.from({ length: steps }, (_, step) => {
    const at = step * scrapeSeconds
    const cycled = values[at % count]!
    if (kind === "counter") {
      const cycle = values.reduce((sum, value) => sum + value, 0)
      const rest = values.slice(0, at % count).reduce((sum, value) => sum + value, 0)
      return Math.floor(at / count) * cycle + rest
    }
    // A point in time that stands still moves away from each scrape.
    if (kind === "time") return slope < -ageSlope ? first : at + cycled
    return slope > ageSlope ? first + at : cycled
  })
}
