/** Returns the day of a time, milliseconds since the epoch, in UTC, as in `2026-03-01`. */
export const isoDay = (ms: number): string => new Date(ms).toISOString().slice(0, 10)
