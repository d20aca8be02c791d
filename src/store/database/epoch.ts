import { type SQL, sql } from "drizzle-orm"

/** Returns the expression of a time column in milliseconds since the epoch. */
export const epochMs = (column: string): SQL => sql.raw(`(extract(epoch from ${column}) * 1000)::float8`)

/** Returns the expression of a time from milliseconds since the epoch; null stays null. */
export const toTimestamp = (ms: number | null): SQL => sql`to_timestamp(${ms}::float8 / 1000)`

/** Returns the expression of a time from a column of milliseconds since the epoch. */
export const columnToTimestamp = (column: string): SQL => sql.raw(`to_timestamp(${column} / 1000)`)
