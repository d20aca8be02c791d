import { studentQuantile, studentTwoSided } from "../measure/student-distribution.ts"
import type { Effect } from "./effect.ts"

/** An interval of an effect, and the p-value of there being none. */
export interface EffectReading {
  low: number
  high: number
  pValue: number
}

/** Reads an effect once, at an end that was fixed beforehand (Welch 1947); looking earlier as well makes false claims many times as likely. */
export function readFixedHorizon({ estimate, error, degreesOfFreedom }: Effect, level: number): EffectReading {
  const width = studentQuantile(level, degreesOfFreedom) * error
  return {
    low: estimate - width,
    high: estimate + width,
    pValue: studentTwoSided(estimate / error, degreesOfFreedom),
  }
}
