import { dayMs } from "../../src/core/time/durations.ts"
import { productTypes } from "./product-types.ts"
import { daysPerWeek, daysPerYear } from "./streams.ts"
import type { World } from "./world.ts"

/** The days a shop is simulated: day 0 begins at `startMs`, a UTC midnight; weeks count from there. */
export interface Timeline {
  startMs: number
  endMs: number
  days: number
  dayOf(atMs: number): number
  startOf(day: number): number
}

export function timelineOf({ days }: World, endMs: number): Timeline {
  const startMs = (Math.floor(endMs / dayMs) - days + 1) * dayMs
  return {
    startMs,
    endMs,
    days,
    dayOf: (atMs) => Math.floor((atMs - startMs) / dayMs),
    startOf: (day) => startMs + day * dayMs,
  }
}

export const weekOf = (day: number): number => Math.floor(day / daysPerWeek)

const impulsePeakMonth = 11.5
const impulseSeasonal = 0.8

/** The season's factor on the demand for a product type (-1: for impulses) on a day; exp of a cosine over the year. */
export function seasonOn(day: number, type: number, timeline: Timeline, { seasonality }: World): number {
  const middleMs = timeline.startOf(weekOf(day) * daysPerWeek + 3)
  const yearStartMs = Date.UTC(new Date(middleMs).getUTCFullYear(), 0)
  const month = ((middleMs - yearStartMs) / dayMs / daysPerYear) * 12
  const { peakMonth, seasonal } = productTypes[type] ?? { peakMonth: impulsePeakMonth, seasonal: impulseSeasonal }
  return Math.exp(seasonality * seasonal * Math.cos((2 * Math.PI * (month - peakMonth)) / 12))
}
