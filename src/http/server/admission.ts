import { performance } from "node:perf_hooks"

export interface AdmissionLimits {
  /** Requests being answered at once; with more of them each only waits longer. */
  maxInFlight: number
  /** Maximum delay of the event loop while more than a few are under way, in milliseconds. */
  maxLoopDelayMs: number
  /** Maximum typical duration of an answer while more than a few are under way, in milliseconds. */
  maxTypicalMs: number
}

/** Whoever has a server's key, and everybody else: each has places that the other cannot take. */
export type Party = "server" | "public"

export interface Admission {
  /** True if one more request is taken; if not, its caller is to come back. */
  isOpen(party: Party): boolean
  /** Counts a request whose body has arrived; call what it returns when that one is answered. */
  enter(party: Party): () => void
  stop(): void
}

const sampleMs = 50
/** So many of a party are always taken, however slow answers are or late the loop, so that it shows when they are quick again. */
const fewInFlight = 8
/** Share of all places that public keys may take. */
const publicShare = 3 / 4
/** The share of each new answer in what is typical. */
const newShare = 1 / 32

/**
 * Closed while too many requests are under way, or more than a few and answers take too long or the event loop is late, so that those
 * who are answered are answered in time. `now` is in milliseconds.
 */
export function createAdmission(
  { maxInFlight, maxLoopDelayMs, maxTypicalMs }: AdmissionLimits,
  now: () => number = () => performance.now(),
): Admission {
  const inFlight = { server: 0, public: 0 }
  const maxPublic = Math.max(1, Math.floor(publicShare * maxInFlight))
  let typicalMs = 0
  let expectedAt = now() + sampleMs
  const timer = setInterval(() => {
    expectedAt = now() + sampleMs
  }, sampleMs).unref()
  const isInTime = () => typicalMs < maxTypicalMs && now() - expectedAt < maxLoopDelayMs
  const hasPlace = (party: Party) =>
    inFlight.server + inFlight.public < maxInFlight && (party === "server" || inFlight.public < maxPublic)
  return {
    isOpen: (party) => hasPlace(party) && (inFlight[party] < fewInFlight || isInTime()),
    enter(party) {
      inFlight[party] += 1
      const enteredAt = now()
      let left = false
      return () => {
        if (left) return
        left = true
        inFlight[party] -= 1
        typicalMs += newShare * (now() - enteredAt - typicalMs)
      }
    },
    stop: () => clearInterval(timer),
  }
}
