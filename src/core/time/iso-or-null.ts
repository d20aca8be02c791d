/** Returns a time, milliseconds since the epoch, in ISO 8601; `null` stays `null`. */
export const isoOrNull = (ms: number | null): string | null => (ms === null ? null : new Date(ms).toISOString())
