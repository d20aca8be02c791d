import { performance } from "node:perf_hooks"

export interface AdmissionLimits {
  /** Requests being answered at once; with more of them each only waits longer. */
  maxInFlight: number
  /** How late the event loop may be before nothing new is taken, in milliseconds. */
  maxLoopDelayMs: number
}

export interface Admission {
  /** Whether one more request is taken; if not, its caller is to come back. */
  isOpen(): boolean
  /** Counts a request whose body has arrived; call what it returns when that one is answered. */
  enter(): () => void
  readonly inFlight: number
  stop(): void
}

const sampleMs = 50

/** Closed while too many requests are under way or the event loop is late: refusing costs a fiftieth of answering late. */
export function createAdmission({ maxInFlight, maxLoopDelayMs }: AdmissionLimits): Admission {
  let inFlight = 0
  let expectedAt = performance.now() + sampleMs
  const timer = setInterval(() => {
    expectedAt = performance.now() + sampleMs
  }, sampleMs).unref()
  return {
    isOpen: () => inFlight < maxInFlight && performance.now() - expectedAt < maxLoopDelayMs,
    enter() {
      inFlight += 1
      let left = false
      return () => {
        if (!left) inFlight -= 1
        left = true
      }
    },
    get inFlight() {
      return inFlight
    },
    stop: () => clearInterval(timer),
  }
}
