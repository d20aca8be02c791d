/** A claimed figure: where the line of its bench has it, and how far it may move without news. */
export interface Figure {
  bench: string
  /** Keys in the bench's line, joined by dots. */
  path: string
  was: number
  tolerance: number
}

interface Held {
  /** `null` where the bench failed or its line lacks the figure. */
  value: number | null
  was: number
  tolerance: number
}

export interface Comparison {
  bench: "held"
  figures: Readonly<Record<string, Held>>
  /** Names of the figures that are outside their tolerance or have no value. */
  moved: readonly string[]
}

/** Returns the name of a figure: its bench and its path. */
export const nameOf = ({ bench, path }: Pick<Figure, "bench" | "path">): string => `${bench}.${path}`

/** Returns the last line of a bench's output that is its JSON, or `undefined`. */
export function lastLine(output: string): unknown {
  const line = output.split("\n").findLast((text) => text.startsWith('{"bench":'))
  return line === undefined ? undefined : JSON.parse(line)
}

/** Compares the claimed figures with the lines that the benches printed, by bench; a bench that failed has none. */
export function compare(figures: readonly Figure[], lines: ReadonlyMap<string, unknown>): Comparison {
  const compared = figures.map((figure): [string, Held] => {
    const { was, tolerance } = figure
    return [nameOf(figure), { value: valueAt(lines.get(figure.bench), figure.path), was, tolerance }]
  })
  const moved = compared.flatMap(([name, held]) => (isWithin(held) ? [] : [name]))
  return { bench: "held", figures: Object.fromEntries(compared), moved }
}

/** Slack for the last bit of a difference of decimals. */
const slack = 1e-9

const isWithin = ({ value, was, tolerance }: Held): boolean =>
  value !== null && Math.abs(value - was) <= tolerance + slack

function valueAt(line: unknown, path: string): number | null {
  let value = line
  for (const key of path.split(".")) value = (value as Record<string, unknown> | null | undefined)?.[key]
  return typeof value === "number" && Number.isFinite(value) ? Math.round(value * 1e4) / 1e4 : null
}
