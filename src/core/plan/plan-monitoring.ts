import { holm } from "../measure/holm.ts"
import { createCertificate, type RunningCertificate } from "./certificate.ts"
import { createHaltMonitor, type HaltDesign, type HaltMonitor } from "./halt.ts"
import type { PlanMonitoring } from "./plan-schema.ts"

/** A send that has ended, as far as the promise is concerned. */
interface EndedSend {
  customerId: string
  segment: string
  /** P(kept | sent) as it was said. */
  expected: number
  kept: boolean
  /** Ended before the plan was resumed after a halt: old news to the halt, not to the certificate. */
  isBeforeResume: boolean
}

type InstrumentReadings = PlanMonitoring["plan"]

export interface PlanMonitors {
  /** Takes the next send that has ended, in the order in which it was heard. */
  add(send: EndedSend): void
  resolved(): number
  monitoring(): Pick<PlanMonitoring, "plan" | "segments" | "calibration">
}

interface Monitors {
  certificate: RunningCertificate
  halt: HaltMonitor
  expected: number
}

const level = 0.05
const bins = 20

/**
 * The two instruments over a plan and over each of its segments. The whole plan halts at 5 %; which segments halt is told so that with
 * 95 % none of them does wrongly (Holm), and their lower bounds hold together.
 */
export function createPlanMonitors(design: HaltDesign, segmentNames: readonly string[]): PlanMonitors {
  const instruments = (share: number): Monitors => ({
    certificate: createCertificate(level / share),
    halt: createHaltMonitor(design),
    expected: 0,
  })
  const plan = instruments(1)
  const segments = new Map(segmentNames.map((name) => [name, instruments(segmentNames.length)]))
  const calibration = Array.from({ length: bins }, () => ({ expected: 0, kept: 0, sends: 0 }))
  let resolved = 0
  return {
    resolved: () => resolved,
    add({ customerId, segment, expected, kept, isBeforeResume }) {
      resolved++
      for (const watch of [plan, segments.get(segment)]) {
        if (watch === undefined) continue
        watch.certificate.add({ customerId, kept })
        if (!isBeforeResume) watch.halt.add({ customerId, kept })
        watch.expected += expected
      }
      const bin = calibration[Math.min(bins - 1, Math.floor(expected * bins))]!
      bin.expected += expected
      bin.kept += kept ? 1 : 0
      bin.sends++
    },
    monitoring() {
      const named = [...segments]
      const halted = holm(
        named.map(([, { halt }]) => halt.pValue()),
        level,
      )
      return {
        plan: readingsOf(plan, plan.halt.halts()),
        segments: named.map(([segment, watch], n) => ({ segment, ...readingsOf(watch, halted[n]!) })),
        calibration: calibration
          .filter(({ sends }) => sends > 0)
          .map(({ expected, kept, sends }) => ({ predicted: expected / sends, observed: kept / sends, sends })),
      }
    },
  }
}

function readingsOf({ certificate, expected }: Monitors, halted: boolean): InstrumentReadings {
  const { customers, resolved, keptShare, lower } = certificate.certificate()
  return {
    sends: resolved,
    customers,
    expectedKeptShare: resolved === 0 ? null : expected / resolved,
    keptShare: resolved === 0 ? null : keptShare,
    lowerBound: resolved === 0 ? null : lower,
    halted,
  }
}
