import type { Consents } from "../../core/customer/consent.ts"
import type { Arm } from "../../core/decision/arm.ts"
import type { History } from "../../core/history/history.ts"
import type { Outcome } from "../../core/history/outcome.ts"
import type { Channel } from "../../core/schema/channel.ts"

type DecisionVerb = "recommend" | "rank" | "decide" | "content"

/** One answer to one question; times are milliseconds since the epoch. */
export interface Decision {
  id: string
  customerId: string
  /** Record that the customer was asked for by; `null`: their id, or not asked for. */
  recordId?: string | null
  /** True when it was made from a profile; if that is erased first, the decision is not written. */
  customerKnown?: boolean
  at: number
  verb: DecisionVerb
  placement: string
  channel: Channel | null
  kind: string | null
  offerId: string | null
  releaseId: string | null
  policyVersion: string
  /** Arm that the customer was in; `null` or absent: none was assigned. */
  arm?: Arm | null
  trace: Readonly<Record<string, unknown>>
  /** P(accept | offered) of the chosen offer before any acceptance was known. */
  expectedAcceptance?: number | null
  expiresAt: number | null
  activatedAt: number | null
  /** The time that was reported for it, where it is another. */
  activationReportedAt?: number | null
  /** Read back: the notice that it joins, or of a notice the recovery that joined it. */
  joins?: string | null
  joined?: string | null
  /** Read back: how often a machine followed its links. */
  machineClicks?: number | null
}

/** The parts of a customer that rules read. */
export interface LoggedCustomer {
  history: History
  traits: Record<string, unknown>
  consents: Consents
}

/** An outcome as a caller tells of it. */
export interface ReportedOutcome {
  messageId: string
  outcome: Outcome
  /** Time by the caller's clock, milliseconds since the epoch. */
  reportedAt: number
  value: number | null
}

export interface RecordedOutcome extends Omit<ReportedOutcome, "reportedAt"> {
  /** Counted time: the reported time, limited to between the decision and now. */
  at: number
  /** Reported time, if it differs. */
  reportedAt: number | null
}
