import type { Event } from "../../core/history/event.ts"
import type { History } from "../../core/history/history.ts"

export interface EventResult {
  messageId: string
  status: "accepted" | "duplicate" | "rejected"
  customerId?: string
  reason?: string
}

/** A vector to be written with the history it was derived from. */
export interface DerivedVector {
  releaseId: string
  vector: Float32Array
}

export interface IngestOptions {
  /** True if an event that names two existing customers may make them one. */
  mayMerge: boolean
  /** Milliseconds since the epoch. */
  receivedAt: number
  /** The vector of a new history under the live release; `null` while there is none. */
  deriveVector: (history: History) => DerivedVector | null
}

export interface CustomerEvent extends Event {
  customerId: string
}
