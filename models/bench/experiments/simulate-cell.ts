import { readAlwaysValid } from "../../../src/core/experiment/always-valid.ts"
import { effectOf } from "../../../src/core/experiment/effect.ts"
import { fewestEvents } from "../../../src/core/experiment/fewest-events.ts"
import { readFixedHorizon } from "../../../src/core/experiment/fixed-horizon.ts"
import { createRandom } from "../../random.ts"
import { binomial } from "./draws.ts"
import { cappedValue, clickRate, proportion } from "./metrics.ts"

export const metrics = [proportion(0.01), proportion(0.05), cappedValue(0.05, 2), clickRate()]
export const level = 0.05
export const days = 60

/** Experiments of one kind: `share` of the customers of a day are in the treatment, whose events are `lift` as many. */
export interface Cell {
  /** A place in `metrics`. */
  metric: number
  share: number
  daily: number
  lift: number
  experiments: number
  seed: number
}

/** Counts of experiments. */
export interface CellResult {
  /** A reading was given by the end. */
  started: number
  /** No effect was ever outside the always-valid interval. */
  everStopped: number
  /** The truth was ever outside the always-valid interval. */
  everMissed: number
  /** The fixed-horizon interval at the end held the truth, and there was one. */
  covered: number
  ended: number
}

/** Simulates whole experiments with a look a day, by the readings that experiments are served with. */
export function simulateCell({ metric, share, daily, lift, experiments, seed }: Cell): CellResult {
  const { arm, truth, kind } = metrics[metric]!
  const effect = truth(lift) - truth(1)
  const options = { level, plannedCustomers: days * daily }
  const random = createRandom(seed, metric, Math.round(share * 1000), daily, Math.round(lift * 1000))
  const result: CellResult = { started: 0, everStopped: 0, everMissed: 0, covered: 0, ended: 0 }
  for (let n = 0; n < experiments; n++) {
    const [control, treatment] = [arm(1), arm(lift)]
    let [started, stopped, missed] = [false, false, false]
    for (let day = 1; day <= days; day++) {
      const treated = binomial(random, daily, share)
      control.add(random, daily - treated)
      treatment.add(random, treated)
      if (Math.min(control.events(), treatment.events()) < fewestEvents[kind]) continue
      const found = effectOf(control.read(), treatment.read())
      if (found === null) continue
      started = true
      const { low, high } = readAlwaysValid(found, options)
      stopped ||= low > 0 || high < 0
      missed ||= low > effect || high < effect
    }
    const atEnd = effectOf(control.read(), treatment.read())
    if (atEnd !== null) {
      const { low, high } = readFixedHorizon(atEnd, level)
      result.ended++
      if (low <= effect && effect <= high) result.covered++
    }
    if (started) result.started++
    if (stopped) result.everStopped++
    if (missed) result.everMissed++
  }
  return result
}
