import type { Channel } from "../core/customer/consent.ts"
import type { Outcome } from "../core/decision/outcome.ts"
import type { Reservation } from "./schema.ts"

export type DecisionVerb = "recommend" | "rank" | "decide" | "content"

/** One answer to one question; times are milliseconds since the epoch. */
export interface Decision {
  id: string
  customerId: string
  at: number
  verb: DecisionVerb
  placement: string
  channel: Channel | null
  kind: string | null
  offerId: string | null
  releaseId: string | null
  policyVersion: string
  trace: Readonly<Record<string, unknown>>
  expiresAt: number | null
  activatedAt: number | null
}

export interface RecordedOutcome {
  messageId: string
  outcome: Outcome
  at: number
  value: number | null
}

/** How often an offer of a kind was accepted on a channel, over decisions that reached the customer. */
export interface AcceptanceCount {
  kind: string
  channel: Channel
  offered: number
  accepted: number
}

export interface DecisionStore {
  /** Group-committed; resolves once the row is durable. A reservation enters the customer's contact row in the same statement. */
  append(decision: Decision, reservation?: Reservation): Promise<void>
  /** The row and its outcomes, or `null`. */
  read(id: string): Promise<{ decision: Decision; outcomes: readonly RecordedOutcome[] } | null>
  /** False when this message was recorded before; the outcome `impression` also activates. */
  recordOutcome(id: string, outcome: RecordedOutcome): Promise<"recorded" | "duplicate" | "notFound">
  /** Turns the reservation into use. */
  activate(id: string, at: number): Promise<"activated" | "expired" | "notFound">
  /** Decisions made at or after `since`, counted by kind and channel. */
  countAcceptances(since: number): Promise<AcceptanceCount[]>
}
