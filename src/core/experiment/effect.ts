import type { ArmReading } from "./arm-reading.ts"

/** A difference between two arms: in the metric's unit, or as a share of the control's mean. */
export interface Effect {
  estimate: number
  /** Standard error of the estimate. */
  error: number
  /** Customers in both arms. */
  count: number
  /** Of its error, by Welch and Satterthwaite. */
  degreesOfFreedom: number
}

export type EffectScale = "absolute" | "relative"

/**
 * Returns treatment − control, or that ÷ the control's unadjusted mean by the delta method; `null` where an arm has fewer than two
 * customers or no variance, or where a relative effect has nothing to be relative to.
 */
export function effectOf(control: ArmReading, treatment: ArmReading, scale: EffectScale = "absolute"): Effect | null {
  if (control.count < 2 || treatment.count < 2 || !(control.variance > 0) || !(treatment.variance > 0)) return null
  const of = { control: control.variance / control.count, treatment: treatment.variance / treatment.count }
  const difference = treatment.mean - control.mean
  const shared = {
    count: control.count + treatment.count,
    degreesOfFreedom:
      (of.treatment + of.control) ** 2 /
      (of.treatment ** 2 / (treatment.count - 1) + of.control ** 2 / (control.count - 1)),
  }
  if (scale === "absolute") return { estimate: difference, error: Math.sqrt(of.treatment + of.control), ...shared }
  const base = control.unadjustedMean
  if (base === 0) return null
  const variance = of.treatment / base ** 2 + (of.control * treatment.unadjustedMean ** 2) / base ** 4
  return { estimate: difference / base, error: Math.sqrt(variance), ...shared }
}
