import type { Item } from "../../core/catalogue/item.ts"
import type { SendState } from "../../core/history/send-state.ts"
import type { PlanRequest } from "../../core/policy/plan-request.ts"
import type { Policy } from "../../core/policy/policy.ts"
import type { Profile } from "../customers/profiles.ts"
import type { Database } from "../database/database.ts"
import type { StoredSend } from "./send-rows.ts"

export type Transaction = Pick<Database, "execute">

/** What is to become of some sends. */
export interface MoveOrder {
  ids: readonly string[]
  to: SendState
  /** When it happened as whoever says so tells it, and when it is recorded, milliseconds since the epoch. */
  at: number
  nowMs: number
  /** Nobody reported it: the deadline passed. */
  byTimeout: boolean
  /** Told in the events. */
  messageId?: string
  /** The policy in force of a placement. */
  policyOf: (placement: string) => Policy
  /** What a customer says no with. */
  vetoTokenOf?: (send: StoredSend) => string
}

export interface MoveResult {
  send: StoredSend
  status: "recorded" | "repeated" | "refused"
  /** Why it is refused. */
  reason?: string
}

/** A send with all that judging its move needs, every row of it locked. */
export interface Moving {
  send: StoredSend
  profile: Profile
  request: PlanRequest
  policy: Policy
  item: Item | undefined
  /** When it happened as far as it counts: not before what the send was before, not after now. */
  at: number
}

/** What came of trying. */
export interface Tried {
  moved: readonly StoredSend[]
  refused: readonly { send: StoredSend; reason: string }[]
}
