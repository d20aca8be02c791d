import type { Logger } from "pino"
import { databaseReasons } from "../core/problem/database-reason.ts"
import { type StartReason, startSteps } from "../core/problem/start-reason.ts"

/** Step that a start is at, or fault that it waits for. */
interface StartStep {
  reason: StartReason
  message: string
  /** Milliseconds since the epoch. */
  since: number
}

export interface StartState {
  current(): StartStep
  /** Goes on to a step, or waits for something; each change is logged once. */
  begin(reason: StartReason, message?: string): void
}

const messages: Readonly<Record<StartReason, string>> = { ...databaseReasons, ...startSteps }
const isWait = (reason: StartReason) => reason === "schemaBehind" || reason in databaseReasons

/** Creates the state of a start that has begun to open the database. */
export function createStartState(log: Pick<Logger, "info" | "warn">, clock: () => number): StartState {
  let step: StartStep = { reason: "opening", message: messages.opening, since: clock() }
  return {
    current: () => step,
    begin(reason, message = messages[reason]) {
      if (reason === step.reason) return
      step = { reason, message, since: clock() }
      if (isWait(reason)) log.warn({ reason }, `start waits: ${message}`)
      else log.info({ reason }, message)
    },
  }
}
