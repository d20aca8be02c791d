import type { Slice } from "../../answers.ts"

/** Between two routes, so that what one leaves behind is not counted for the next. */
export const gapSeconds = 0.4
/** Before the first route, for a first sample. */
const leadSeconds = 0.5

export interface AskedRoute {
  route: string
  rate: number
}

/** Returns one slice of time for each route, one after another. */
export const planOf = (routes: readonly AskedRoute[], seconds: number): Slice[] =>
  routes.map(({ route, rate }, n) => ({
    route,
    rate,
    seconds,
    startSeconds: leadSeconds + n * (seconds + gapSeconds),
    settleSeconds: 0,
  }))

/** Returns the seconds from the first slice's lead to the end of the last one's gap. */
export const durationOf = (routes: number, seconds: number): number => leadSeconds + routes * (seconds + gapSeconds)

/** Returns when a slice's work is done, milliseconds since the epoch: from shortly before it to the middle of the gap after it. */
export function windowOf({ startSeconds, seconds }: Slice, measuredFrom: number): { from: number; to: number } {
  const half = gapSeconds / 2
  return {
    from: measuredFrom + (startSeconds - half / 2) * 1000,
    to: measuredFrom + (startSeconds + seconds + half) * 1000,
  }
}

/** Returns the order of sides in a repeat: each begins in turn, so that none is always first. */
export const orderOf = <Side>(sides: readonly Side[], repeat: number): Side[] => {
  const first = repeat % sides.length
  return [...sides.slice(first), ...sides.slice(0, first)]
}
