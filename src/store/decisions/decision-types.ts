import type { Consents } from "../../core/customer/consent.ts"
import type { History } from "../../core/history/history.ts"
import type { Outcome } from "../../core/history/outcome.ts"
import type { Channel } from "../../core/schema/channel.ts"

type DecisionVerb = "recommend" | "rank" | "decide" | "content"

/** One answer to one question; times are milliseconds since the epoch. */
export interface Decision {
  id: string
  customerId: string
  /** Whether it was made of a profile; where that is erased before the decision is written, nothing is. */
  customerKnown?: boolean
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
  /** The time that was reported for it, where it is another. */
  activationReportedAt?: number | null
  /** Read back: the notice that it joins, or of a notice the recovery that joined it. */
  joins?: string | null
  joined?: string | null
  /** Read back: how often a machine followed its links. */
  machineClicks?: number | null
}

/** What rules may know of a decision's customer. */
export interface LoggedCustomer {
  history: History
  traits: Record<string, unknown>
  consents: Consents
}

/** An outcome as a caller tells of it. */
export interface ReportedOutcome {
  messageId: string
  outcome: Outcome
  /** By the caller's clock. */
  reportedAt: number
  value: number | null
}

export interface RecordedOutcome extends Omit<ReportedOutcome, "reportedAt"> {
  /** What counts: the reported time kept between the decision's and the server's own. */
  at: number
  /** The time that was reported, where it is another. */
  reportedAt: number | null
}
