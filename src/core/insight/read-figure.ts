import { readAlwaysValid } from "../experiment/always-valid.ts"
import { type ArmReading, readMean, readProportion, readRatio } from "../experiment/arm-reading.ts"
import { effectOf } from "../experiment/effect.ts"
import { fewestEvents } from "../experiment/fewest-events.ts"
import type { Moments } from "../experiment/moments.ts"
import { studentQuantile } from "../measure/student-distribution.ts"
import type { Cell } from "./figure-cells.ts"
import type { Goal } from "./goal.ts"
import type { Figure } from "./insight-schema.ts"

const level = 0.05
/** Customers in both arms at which the interval of an increment is tightest, stated once for all shops. */
const plannedCustomers = 20_000

type Sums = Pick<Cell, "customers" | "x" | "y" | "xx" | "yy" | "xy">

/** The quarter's moments of one slice by arm, those of everybody under "". */
export type MomentsByArm = ReadonlyMap<string, Sums>

const none: Sums = { customers: 0, x: 0, y: 0, xx: 0, yy: 0, xy: 0 }

/**
 * Reads a figure from a quarter's moments: its value over all customers, its interval by customer, and its increment against the holdout,
 * or why that is not known. `population` has the customers of each arm; those who added nothing count with 0.
 */
export function readFigure(
  goal: Goal,
  slice: string | null,
  byArm: MomentsByArm,
  population: ReadonlyMap<string, number>,
): Figure {
  const all = byArm.get("") ?? none
  const customers = [...population.values()].reduce((sum, count) => sum + count, 0)
  const reading = readingOf(goal, all, customers)
  const denominator = goal.metric === "ratio" ? all.y : customers
  const isSmall = all.customers < fewestEvents[goal.metric]
  const width =
    isSmall || reading.count < 2
      ? null
      : studentQuantile(level, reading.count - 1) * Math.sqrt(reading.variance / reading.count)
  return {
    slice,
    value: denominator === 0 ? null : reading.mean,
    interval: width === null || denominator === 0 ? null : { low: reading.mean - width, high: reading.mean + width },
    numerator: all.x,
    denominator,
    customers: all.customers,
    ...incrementOf(goal, byArm, population),
  }
}

function incrementOf(
  goal: Goal,
  byArm: MomentsByArm,
  population: ReadonlyMap<string, number>,
): Pick<Figure, "increment" | "unknownBecause"> {
  const unknown = (unknownBecause: string) => ({ increment: null, unknownBecause })
  if (goal.per === "offer" || goal.per === "send")
    return unknown("customers of the holdout are offered and sent nothing that it could be compared with")
  const readings = (["holdout", "standard"] as const).map((arm) => {
    const own = byArm.get(arm) ?? none
    return { own, reading: readingOf(goal, own, population.get(arm) ?? 0) }
  })
  const least = fewestEvents[goal.metric]
  const [holdout, standard] = readings as [(typeof readings)[number], (typeof readings)[number]]
  if (holdout.reading.count === 0) return unknown("no customer is in the holdout")
  const few = Math.min(holdout.own.customers, standard.own.customers)
  if (few < least) return unknown(`${few} customers of the smaller arm added to it; ${least} are needed`)
  const effect = effectOf(holdout.reading, standard.reading)
  if (effect === null) return unknown("all customers of an arm are alike in it")
  const { low, high, pValue } = readAlwaysValid(effect, { level, plannedCustomers })
  return { increment: { estimate: effect.estimate, low, high, pValue } }
}

function readingOf({ metric }: Goal, { x, y, xx, yy, xy }: Sums, count: number): ArmReading {
  const moments: Moments = {
    width: 2,
    count,
    sums: Float64Array.of(x, y),
    products: Float64Array.of(xx, xy, xy, yy),
  }
  if (metric === "proportion") return readProportion({ count, sum: x })
  return metric === "ratio" ? readRatio(moments) : readMean(moments)
}
