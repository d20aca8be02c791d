import { logit, sigmoid } from "../measure/logistic-regression.ts"
import { type CooperativeTask, runAtOnce } from "../time/cooperative-task.ts"
import { createKeepRecords, type KeepRecords, type KeepRecordsState } from "./keep-records.ts"

/** Final result of a send. */
export interface SendOutcome {
  customerId: string
  kept: boolean
}

export interface HaltDesign {
  /** Promised kept share. */
  promise: number
  /** Drop of the kept share below the promise that is to be detected soon. */
  drop: number
  /** Within so many resolved sends at exactly the promise … */
  horizon: number
  /** … the plan is halted for nothing with at most this probability. */
  falseHalts: number
  /** Log odds by which the alternative lies below the promise. */
  shift: number
  /** False alarms a send at score 0; they become e^-score as many at a higher one. */
  alarmRate: number
}

/** JSON state of a monitor, to continue after a restart. */
export interface HaltState {
  score: number
  highest: number
  resolved: number
  records: KeepRecordsState
}

export interface HaltMonitor {
  /** Adds the next resolved send. */
  add(outcome: SendOutcome): void
  /** Returns the evidence that the promise is broken now, in nats. */
  score(): number
  /** Returns the highest score since the start. */
  highest(): number
  /** Returns P(a score as high as the highest within the horizon | the promise is kept). */
  pValue(): number
  halts(): boolean
  state(): HaltState
}

/** Position of the alternative between promise (0) and drop (1); here detection within a few hundred sends is best. */
const alternativeAt = 0.7

/** Works out the design of a watch; its alarm rate is exact for independent sends, by the distribution of the score over the horizon. */
export const designHalt = (wanted: Pick<HaltDesign, "promise"> & Partial<HaltDesign>): HaltDesign =>
  runAtOnce(designHaltInSteps(wanted))

/** Works out the design as a cooperative task. */
export function* designHaltInSteps({
  promise,
  drop = 0.15,
  horizon = 10_000,
  falseHalts = 0.05,
}: Pick<HaltDesign, "promise"> & Partial<HaltDesign>): CooperativeTask<HaltDesign> {
  const shift = logit(promise) - logit(Math.max(0.01, promise - alternativeAt * drop))
  return {
    promise,
    drop,
    horizon,
    falseHalts,
    shift,
    alarmRate: yield* alarmRateOf(promise, shift, horizon, falseHalts),
  }
}

/** Returns the score at which a plan halts, for a probability of a false halt within the horizon. */
export const haltScore = ({ alarmRate, horizon }: HaltDesign, falseHalts: number): number =>
  Math.log((alarmRate * horizon) / -Math.log1p(-falseHalts))

/**
 * A change detector with restart: log likelihood ratios of "the odds of keeping have fallen by `shift`" to "the promise is kept" are summed, and
 * the sum begins anew at 0 whenever it falls below (CUSUM, Page 1954; of e-values: Shin, Ramdas and Rinaldo 2023), so that a good past
 * cannot hide a bad present. What a customer who returned before returns again is no news about others: each outcome is judged against
 * what the customer's own record lets expect under the promise, with the correlation that the records themselves show.
 */
export function createHaltMonitor(design: HaltDesign, from?: HaltState): HaltMonitor {
  const records: KeepRecords = createKeepRecords(from?.records)
  let { score, highest, resolved } = from ?? { score: 0, highest: 0, resolved: 0 }
  const pValueOf = (value: number) => -Math.expm1(-design.alarmRate * design.horizon * Math.exp(-value))
  return {
    add({ customerId, kept }) {
      const expected = records.expected(customerId, design.promise)
      const fallen = sigmoid(logit(expected) - design.shift)
      score = Math.max(0, score + (kept ? Math.log(fallen / expected) : Math.log((1 - fallen) / (1 - expected))))
      highest = Math.max(highest, score)
      resolved++
      records.add(customerId, kept)
    },
    score: () => score,
    highest: () => highest,
    pValue: () => pValueOf(highest),
    halts: () => pValueOf(highest) <= design.falseHalts,
    state: () => ({ score, highest, resolved, records: records.state() }),
  }
}

const cellsANat = 32
/** Horizon steps between two yields, about 1 ms. */
const stepsBetween = 200

/**
 * The rate c with P(score reaches h within the horizon) = 1 − exp(−horizon · c · e^-h), found at the h of the wanted probability. The score
 * walks on a grid; what falls between two cells is dealt to both, so that no step is longer or shorter on average.
 */
function* alarmRateOf(promise: number, shift: number, horizon: number, falseHalts: number): CooperativeTask<number> {
  const fallen = sigmoid(logit(promise) - shift)
  const up = cellsANat * Math.log((1 - fallen) / (1 - promise))
  const down = cellsANat * Math.log(promise / fallen)
  const wanted = -Math.log1p(-falseHalts)
  const rateAt = function* (score: number): CooperativeTask<number> {
    const height = Math.round(score * cellsANat)
    const reached = yield* reachProbability(height, { up, down, promise, horizon })
    return (-Math.log1p(-reached) / horizon) * Math.exp(height / cellsANat)
  }
  const first = yield* rateAt(Math.log((0.05 * horizon) / wanted))
  return yield* rateAt(Math.log((first * horizon) / wanted))
}

/** P(a walk from 0, reflected there, reaches `height` cells within `horizon` steps). */
function* reachProbability(
  height: number,
  { up, down, promise, horizon }: { up: number; down: number; promise: number; horizon: number },
): CooperativeTask<number> {
  let mass = new Float64Array(height)
  let next = new Float64Array(height)
  mass[0] = 1
  let reached = 0
  const transitions = [
    { by: Math.floor(up), share: (1 - promise) * (1 - up + Math.floor(up)) },
    { by: Math.floor(up) + 1, share: (1 - promise) * (up - Math.floor(up)) },
    { by: -Math.floor(down), share: promise * (1 - down + Math.floor(down)) },
    { by: -Math.floor(down) - 1, share: promise * (down - Math.floor(down)) },
  ]
  for (let step = 0; step < horizon; step++) {
    if (step % stepsBetween === 0) yield
    next.fill(0)
    for (let cell = 0; cell < height; cell++) {
      const here = mass[cell]!
      if (here < 1e-15) continue
      for (const { by, share } of transitions) {
        if (cell + by >= height) reached += here * share
        else next[Math.max(0, cell + by)]! += here * share
      }
    }
    const swapped = mass
    mass = next
    next = swapped
  }
  return reached
}
