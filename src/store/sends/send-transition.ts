import type { SendState } from "../../core/history/send-state.ts"
import type { TransitionRows } from "../../core/plan/evaluate-transition.ts"
import type { Policy } from "../../core/policy/policy.ts"
import type { Profile } from "../customers/profiles.ts"
import type { Database } from "../database/database.ts"
import type { StoredSend } from "./send-rows.ts"

export type Transaction = Pick<Database, "execute">

/** A requested change of the state of some sends; times are milliseconds since the epoch. */
export interface TransitionOrder {
  ids: readonly string[]
  to: SendState
  /** Reported time. */
  at: number
  nowMs: number
  /** Nobody reported it: the deadline passed. */
  byTimeout: boolean
  /** Repeated in the events. */
  messageId?: string
  /** Returns the policy in force at a placement. */
  policyOf: (placement: string) => Policy
  /** Returns the token with which a customer vetoes a send. */
  vetoTokenOf?: (send: StoredSend) => string
}

export interface TransitionResult {
  send: StoredSend
  status: "recorded" | "repeated" | "refused"
  /** Reason of a refusal. */
  reason?: string
}

/** A send with all rows that decide its transition, each locked. */
export interface LockedSend extends TransitionRows {
  send: StoredSend
  profile: Profile
  /** Counted time: not before the send's previous state, not after now. */
  at: number
}

export interface RefusedSend {
  send: StoredSend
  reason: string
}

/** Sends with their new columns, and those that were refused. */
export interface TransitionOutcome {
  moved: readonly StoredSend[]
  refused: readonly RefusedSend[]
}
