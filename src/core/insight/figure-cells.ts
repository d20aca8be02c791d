import { type Arm, quarterOf } from "../decision/arm.ts"
import { dayMs } from "../time/durations.ts"
import type { Fact } from "./customer-facts.ts"
import { type Dimension, dimensions, type Goal } from "./goal.ts"

/**
 * Arm of a figure: `crossed` where a join brought two arms together; "" of a day before there were arms, and of a quarter of everybody,
 * whatever their arm.
 */
export type FigureArm = Arm | "crossed" | ""

/** Place of a figure: a day's sums, or (`day` null) a quarter's moments over customers. `by` "" is the total. */
interface CellKey {
  quarter: string
  day: number | null
  arm: FigureArm
  goal: string
  by: Dimension | ""
  slice: string
  currency: string
}

/** Sums over customers; of a day only `x` and `y`, which add up over days, of a quarter their products too. */
export interface Cell extends CellKey {
  customers: number
  x: number
  y: number
  xx: number
  yy: number
  xy: number
}

/** One customer as figures count them. */
export interface CountedCustomer {
  facts: readonly Fact[]
  /** Arm by quarter, of each quarter that they are counted in. */
  arms: Readonly<Record<string, FigureArm>>
}

const noSums = { customers: 0, x: 0, y: 0, xx: 0, yy: 0, xy: 0 }

/** Goal of the cells that count customers by quarter and arm. */
export const populationGoal = ""

const cellId = ({ quarter, day, arm, goal, by, slice, currency }: CellKey) =>
  JSON.stringify([quarter, day, arm, goal, by, slice, currency])

/**
 * Returns the cells of one customer; before `startDay` (days since the epoch) nobody was in an arm. A goal that counts `once` counts 1 in each,
 * however often it happened.
 */
export function cellsOf({ facts, arms }: CountedCustomer, goals: readonly Goal[], startDay: number): Cell[] {
  const once = new Set(goals.filter(({ metric }) => metric === "proportion").map(({ id }) => id))
  const cells = new Map<string, Cell>()
  const add = (key: CellKey, x: number, y: number) => {
    const id = cellId(key)
    const cell = cells.get(id) ?? { ...key, ...noSums }
    cells.set(id, once.has(key.goal) ? { ...cell, x: 1 } : { ...cell, x: cell.x + x, y: cell.y + y })
  }
  for (const { goal, day, x, y, currency, slices } of facts) {
    const quarter = quarterOf(day * dayMs).name
    const arm = day < startDay ? "" : (arms[quarter] ?? "")
    const places = [
      { by: "" as const, slice: "" },
      ...dimensions.flatMap((by) => (slices[by] === undefined ? [] : [{ by, slice: slices[by] }])),
    ]
    for (const place of places) {
      add({ quarter, day, arm, goal, ...place, currency }, x, y)
      for (const of of new Set<FigureArm>(["", arm]))
        add({ quarter, day: null, arm: of, goal, ...place, currency }, x, y)
    }
  }
  const counted = [...cells.values()].map((cell) =>
    cell.day === null ? { ...cell, customers: 1, xx: cell.x * cell.x, yy: cell.y * cell.y, xy: cell.x * cell.y } : cell,
  )
  const population = Object.entries(arms).map(([quarter, arm]) => ({
    ...{ quarter, day: null, arm, goal: populationGoal, by: "" as const, slice: "", currency: "" },
    ...{ ...noSums, customers: 1 },
  }))
  return [...counted, ...population]
}

/** Returns what changes of the figures where customers are counted anew: the sums of `now` less those of `before`, without those of 0. */
export function cellChanges(before: readonly Cell[], now: readonly Cell[]): Cell[] {
  const changes = new Map<string, Cell>()
  const add = (cell: Cell, sign: 1 | -1) => {
    const id = cellId(cell)
    const known = changes.get(id) ?? { ...cell, ...noSums }
    changes.set(id, {
      ...known,
      customers: known.customers + sign * cell.customers,
      x: known.x + sign * cell.x,
      y: known.y + sign * cell.y,
      xx: known.xx + sign * cell.xx,
      yy: known.yy + sign * cell.yy,
      xy: known.xy + sign * cell.xy,
    })
  }
  for (const cell of before) add(cell, -1)
  for (const cell of now) add(cell, 1)
  return [...changes.values()].filter(({ customers, x, y, xx, yy, xy }) =>
    [customers, x, y, xx, yy, xy].some((sum) => sum !== 0),
  )
}
