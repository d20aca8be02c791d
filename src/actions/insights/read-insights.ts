import { quarterOf } from "../../core/decision/arm.ts"
import { populationGoal } from "../../core/insight/figure-cells.ts"
import { type Goal, goalsWith } from "../../core/insight/goal.ts"
import type { Figure, Insights, InsightsQuery } from "../../core/insight/insight-schema.ts"
import { readFigure } from "../../core/insight/read-figure.ts"
import { ApiError } from "../../core/problem/problem.ts"
import { dayMs } from "../../core/time/durations.ts"
import { isoDay } from "../../core/time/iso-day.ts"
import type { Services } from "../../services.ts"
import type { FigureSum } from "../../store/insights/figures.ts"

type Tools = Pick<Services, "store" | "catalogue" | "settings" | "clock">

/** Reads a goal's figures of a quarter: value, interval, increment against the holdout, by slice and by day. */
export async function readInsights(services: Tools, query: InsightsQuery): Promise<Insights> {
  const { store, settings, clock } = services
  const goal = goalsWith(await store.figures.goals()).find(({ id }) => id === query.goal)
  if (goal === undefined || goal.id === populationGoal)
    throw new ApiError("notFound", `there is no goal ${query.goal}; GET /v1/goals lists them`)
  const quarter = query.quarter === undefined ? quarterOf(clock()) : quarterNamed(query.quarter)
  const [fromDay, untilDay] = [Math.floor(quarter.from / dayMs), Math.floor(quarter.until / dayMs)]
  const asked = { goal: goal.id, quarter: quarter.name, fromDay, untilDay }
  const [all, sliced, arms] = await Promise.all([
    store.figures.read({ ...asked, by: "", limit: 1 }),
    query.by === undefined ? [] : store.figures.read({ ...asked, by: query.by, limit: query.limit }),
    store.figures.population(quarter.name),
  ])
  const currency = goal.unit === "money" ? (query.currency ?? settings.current().currency) : null
  const isOfCurrency = (row: FigureSum) => currency === null || row.currency === currency
  const population = new Map(arms.map(({ arm, customers }) => [arm, customers]))
  const figureOf = (slice: string | null, rows: readonly FigureSum[]) => {
    const moments = rows.filter(({ day }) => day === null)
    return readFigure(goal, slice, new Map(moments.map((row) => [row.arm, row])), population)
  }
  const slices = [...new Set(sliced.map(({ slice }) => slice))].map((slice) =>
    figureOf(
      slice,
      sliced.filter((row) => row.slice === slice && isOfCurrency(row)),
    ),
  )
  const own = all.filter(isOfCurrency)
  const total = perStock(services, goal, figureOf(null, own))
  return {
    goal,
    quarter: quarter.name,
    currency,
    arms,
    total,
    slices: slices.sort((a, b) => b.customers - a.customers).map((figure) => perStock(services, goal, figure)),
    series: seriesOf(own),
    notKnown: notKnown(goal, all, currency, clock()),
  }
}

function quarterNamed(name: string) {
  const [year, number] = name.split("-Q").map(Number) as [number, number]
  return quarterOf(Date.UTC(year, 3 * (number - 1), 1))
}

/** Units for each in stock now; what a customer adds to that, and its interval, say nothing of the stock. */
function perStock({ catalogue }: Pick<Tools, "catalogue">, goal: Goal, figure: Figure): Figure {
  if (goal.per !== "stockUnit") return figure
  let stock = 0
  for (const item of catalogue.current().items.values()) stock += item.stock ?? 0
  return {
    ...figure,
    value: stock === 0 ? null : figure.numerator / stock,
    denominator: stock,
    interval: null,
    increment: null,
    unknownBecause: "stock is the shop's, not a customer's; read the increment of `units`",
  }
}

function seriesOf(rows: readonly FigureSum[]): Insights["series"] {
  const byDay = new Map<number, Insights["series"][number]>()
  for (const { day, x, y, lateX, lateY } of rows) {
    if (day === null) continue
    const known = byDay.get(day)
    byDay.set(day, {
      day: isoDay(day * dayMs),
      numerator: (known?.numerator ?? 0) + x,
      denominator: (known?.denominator ?? 0) + y,
      lateNumerator: (known?.lateNumerator ?? 0) + lateX,
      lateDenominator: (known?.lateDenominator ?? 0) + lateY,
    })
  }
  return [...byDay.values()].sort((a, b) => (a.day < b.day ? -1 : 1))
}

function notKnown(goal: Goal, rows: readonly FigureSum[], currency: string | null, nowMs: number): string[] {
  const others = [...new Set(rows.flatMap((row) => (row.currency === currency ? [] : [row.currency])))].sort()
  return [
    ...(goal.reliable ? [] : ["mail programs open mails and follow links by themselves: it is no measure of readers"]),
    ...(goal.windowDays === null
      ? []
      : [
          `orders since ${isoDay(nowMs - goal.windowDays * dayMs)} are not ${goal.windowDays} days old and may yet be followed`,
        ]),
    ...(currency === null || others.length === 0
      ? []
      : [`money in ${others.map((code) => code || "no currency").join(", ")} is left out; ask for it by \`currency\``]),
  ]
}
