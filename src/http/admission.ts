import { performance } from "node:perf_hooks"

export interface AdmissionLimits {
  /** Requests being answered at once; with more of them each only waits longer. */
  maxInFlight: number
  /** How late the event loop may be while more than a few are under way, in milliseconds. */
  maxLoopDelayMs: number
  /** How long an answer may typically take while more than a few are under way, in milliseconds. */
  maxTypicalMs: number
}

export interface Admission {
  /** Whether one more request is taken; if not, its caller is to come back. */
  isOpen(): boolean
  /** Counts a request whose body has arrived; call what it returns when that one is answered. */
  enter(): () => void
  stop(): void
}

const sampleMs = 50
/** So many are always taken, however slow answers are or late the loop, so that it shows when they are quick again. */
const fewInFlight = 16
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
  let inFlight = 0
  let typicalMs = 0
  let expectedAt = now() + sampleMs
  const timer = setInterval(() => {
    expectedAt = now() + sampleMs
  }, sampleMs).unref()
  const isInTime = () => typicalMs < maxTypicalMs && now() - expectedAt < maxLoopDelayMs
  return {
    isOpen: () => inFlight < maxInFlight && (inFlight < fewInFlight || isInTime()),
    enter() {
      inFlight += 1
      const enteredAt = now()
      let left = false
      return () => {
        if (left) return
        left = true
        inFlight -= 1
        typicalMs += newShare * (now() - enteredAt - typicalMs)
      }
    },
    stop: () => clearInterval(timer),
  }
}
