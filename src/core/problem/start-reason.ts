import type { DatabaseReason } from "./database-reason.ts"

/** Steps of a start before anything can be answered, each in a sentence for operators. */
export const startSteps = {
  opening: "the start reads the catalogue and the live release",
  schemaBehind: 'the database lacks migrations that this version needs; run "beforehand migrate"',
  migrating: "the start, or another process, applies migrations",
  makingDemo: "the start makes the demo shop and trains a first release",
} as const

/** Reason why a start has not ended: one of its steps, or a database that cannot be used yet. */
export type StartReason = keyof typeof startSteps | DatabaseReason
