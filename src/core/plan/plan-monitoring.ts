import { holm } from "../measure/holm.ts"
import { createCertificate, type RunningCertificate } from "./certificate.ts"
import { createHaltMonitor, type HaltDesign, type HaltMonitor } from "./halt.ts"
import type { PlanMonitoring } from "./plan-schema.ts"

/** An ended send that counts for the promise. */
interface EndedSend {
  customerId: string
  segment: string
  /** Predicted P(kept | sent). */
  expected: number
  kept: boolean
  /** Ended before the plan was resumed: counts for the certificate, no longer for the halt. */
  isBeforeResume: boolean
}

type MonitorValues = PlanMonitoring["plan"]

export interface PlanMonitors {
  /** Adds the next ended send, in the order of recording. */
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
 * Creates certificate and halt monitor of a plan and of each segment. The plan halts at 5 %; segments halt at a joint level of 5 %
 * (Holm), and their lower bounds hold jointly.
 */
export function createPlanMonitors(design: HaltDesign, segmentNames: readonly string[]): PlanMonitors {
  const monitorsOf = (share: number): Monitors => ({
    certificate: createCertificate(level / share),
    halt: createHaltMonitor(design),
    expected: 0,
  })
  const plan = monitorsOf(1)
  const segments = new Map(segmentNames.map((name) => [name, monitorsOf(segmentNames.length)]))
  const calibration = Array.from({ length: bins }, () => ({ expected: 0, kept: 0, sends: 0 }))
  let resolved = 0
  return {
    resolved: () => resolved,
    add({ customerId, segment, expected, kept, isBeforeResume }) {
      resolved++
      for (const monitors of [plan, segments.get(segment)]) {
        if (monitors === undefined) continue
        monitors.certificate.add({ customerId, kept })
        if (!isBeforeResume) monitors.halt.add({ customerId, kept })
        monitors.expected += expected
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
        plan: monitoringOf(plan, plan.halt.halts()),
        segments: named.map(([segment, monitors], n) => ({ segment, ...monitoringOf(monitors, halted[n]!) })),
        calibration: calibration
          .filter(({ sends }) => sends > 0)
          .map(({ expected, kept, sends }) => ({ predicted: expected / sends, observed: kept / sends, sends })),
      }
    },
  }
}

function monitoringOf({ certificate, expected }: Monitors, halted: boolean): MonitorValues {
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
