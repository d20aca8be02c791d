import { sampleRatioLevel, testSampleRatio } from "../../../src/core/experiment/sample-ratio.ts"
import { createRandom } from "../../random.ts"
import { binomial } from "./draws.ts"
import { days } from "./simulate-cell.ts"

const customers = 100_000

/** Returns the share of experiments with this true share, meant as 50 : 50, whose daily look at the sample ratio ever alarms. */
export function sampleRatioAlarms(share: number, experiments: number, seed: number): number {
  const random = createRandom(seed, 0x73726d, Math.round(share * 1000))
  let alarms = 0
  for (let n = 0; n < experiments; n++) {
    const counts: [number, number] = [0, 0]
    for (let day = 1; day <= days; day++) {
      const today = Math.round((day * customers) / days) - counts[0] - counts[1]
      const first = binomial(random, today, share)
      counts[0] += first
      counts[1] += today - first
      if (testSampleRatio(counts, [1, 1]).alwaysValidPValue >= sampleRatioLevel) continue
      alarms++
      break
    }
  }
  return alarms / experiments
}
