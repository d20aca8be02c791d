import type { DateOrder } from "./written-date.ts"
import { dateOrderIn, readMoment } from "./written-time.ts"
import type { ZoneClock } from "./zone-clock.ts"

export type { DateOrder } from "./written-date.ts"
export { zoneClock } from "./zone-clock.ts"

/** Reads a moment as files write it; `undefined` if it cannot, or if day and month could be either way round. */
export const parseInstant = (
  value: unknown,
  toInstant: ZoneClock,
  dateOrder: DateOrder | undefined,
): number | undefined => readMoment(value, { clock: toInstant, dateOrder })

/** Which of day and month comes first in slashed dates: told by the first that is above twelve, `undefined` if none is. */
export function dateOrderOf(values: readonly unknown[]): DateOrder | undefined {
  for (const value of values) {
    const shown = dateOrderIn(value)
    if (shown === "dmy" || shown === "mdy") return shown
  }
  return undefined
}

export const isSlashedDate = (value: unknown): boolean => dateOrderIn(value) !== undefined
