import { groupBy } from "../../src/core/measure/group-by.ts"
import { type PurchaseSequence, timeFactors } from "../../src/core/possession/recurrence.ts"
import { type CategoryTimes, elapsed } from "../../src/core/possession/renewal.ts"
import { medianOf } from "./median.ts"

/** Purchases of customers in categories, one sequence each; `customer` and `category` are rows. */
export interface CategorySequence extends PurchaseSequence {
  customer: number
  category: number
}

/** Needs that recur and purchases by the way: a Weibull shape, the shares of time factors, and by category the scale in days, the share with a need and the casual rate per day. */
export interface FittedRecurrence {
  shape: number
  timeFactorShares: Float64Array
  scaleDays: Float64Array
  share: Float64Array
  casualPerDay: Float64Array
  logLikelihood: number
}

export interface RecurrenceTerms {
  categories: number
  /** Factor on all rates of each customer. */
  pace?: Float64Array
  /** By default the likeliest of a grid, found in few steps. */
  shape?: number
}

const shapeGrid = [0.6, 0.8, 1, 1.3, 1.7, 2.2, 3, 4]
/** Weight of all categories in the estimate of one, in purchases and in sequences. */
const prior = { rate: 5, share: 10 }
/** Few steps tell which shape is the likeliest. */
const steps = { searching: 6, fitting: 15 }
/** A product of ratios whose logarithm is taken before it overflows. */
const muchRatio = 1e200

/**
 * Fits by expectation-maximisation a mixture of customers whose need of a category recurs, a Weibull renewal process of one of a few time factors with a Poisson
 * process beside it, and of those who buy by the Poisson process alone. Categories are shrunk to all; the shape is the likeliest of a grid. Dempster, Laird
 * and Rubin 1977.
 */
export function fitRecurrence(sequences: readonly CategorySequence[], terms: RecurrenceTerms): FittedRecurrence {
  const starts = startsOf(sequences, terms.categories)
  const count = terms.shape === undefined ? steps.searching : steps.fitting
  const shapes = terms.shape === undefined ? shapeGrid : [terms.shape]
  const fits = shapes.map((shape) => fitShape(sequences, shape, starts, { ...terms, steps: count }))
  return fits.reduce((best, fit) => (fit.logLikelihood > best.logLikelihood ? fit : best))
}

function fitShape(
  sequences: readonly CategorySequence[],
  shape: number,
  starts: Float64Array,
  { categories, pace, steps }: RecurrenceTerms & { steps: number },
): FittedRecurrence {
  const typical = sumOf(starts) / Math.max(1, categories)
  // In units of the typical time, so that sums stay near 1 for every shape.
  const observed = sequences.map(({ gaps, openDays, customer, category }) => {
    const passed = Float64Array.from(gaps, (gap) => elapsed(gap, typical, shape))
    return {
      category,
      pace: pace?.[customer] ?? 1,
      gaps,
      passed,
      exposure: sumOf(passed) + elapsed(openDays, typical, shape),
      days: sumOf(gaps) + openDays,
    }
  })
  let rate = starts.map((days) => elapsed(typical, days, shape))
  let share = new Float64Array(categories).fill(0.5)
  let casualPerDay = starts.map((days) => 1 / (4 * days))
  let timeFactorShares = Float64Array.of(0.25, 0.5, 0.25)
  let logLikelihood = 0
  const speeds = timeFactors.map((timeFactor) => timeFactor ** -shape)
  const evidence = timeFactors.map(() => ({ lnRatio: 0, needEvents: 0 }))
  for (let step = 0; step < steps; step++) {
    const sums = newSums(categories)
    logLikelihood = 0
    for (const { category, pace, gaps, passed, exposure, days } of observed) {
      const casual = casualPerDay[category]!
      for (let n = 0; n < timeFactors.length; n++) {
        const ownRate = rate[category]! * speeds[n]!
        let [ratio, lnRatio, needEvents] = [1, -pace * ownRate * exposure, 0]
        for (let m = 0; m < gaps.length; m++) {
          const relative = (shape * ownRate * passed[m]!) / (gaps[m]! * casual)
          needEvents += relative / (1 + relative)
          ratio *= 1 + relative
          if (ratio > muchRatio) {
            lnRatio += Math.log(ratio)
            ratio = 1
          }
        }
        evidence[n]!.lnRatio = lnRatio + Math.log(ratio)
        evidence[n]!.needEvents = needEvents
      }
      const mixture = { share: share[category]!, timeFactorShares }
      const lnTotal = lnMixture(evidence, mixture)
      let [need, renewals, ownExposure] = [0, 0, 0]
      for (let n = 0; n < timeFactors.length; n++) {
        const chance = Math.exp(Math.log(mixture.share * timeFactorShares[n]!) + evidence[n]!.lnRatio - lnTotal)
        need += chance
        renewals += chance * evidence[n]!.needEvents
        ownExposure += chance * speeds[n]! * exposure
        sums.timeFactors[n]! += chance
      }
      logLikelihood += lnTotal + gaps.length * Math.log(casual * pace) - pace * casual * days
      sums.renewals[category]! += renewals
      sums.exposure[category]! += pace * ownExposure
      sums.casual[category]! += gaps.length - renewals
      sums.days[category]! += pace * days
      sums.needs[category]! += need
      sums.all[category]! += 1
    }
    const whole = {
      rate: (sumOf(sums.renewals) + 1) / (sumOf(sums.exposure) + 1),
      casual: (sumOf(sums.casual) + 1) / (sumOf(sums.days) + typical),
      share: (sumOf(sums.needs) + 0.5) / (sumOf(sums.all) + 1),
    }
    rate = sums.renewals.map((events, n) => (prior.rate + events) / (prior.rate / whole.rate + sums.exposure[n]!))
    casualPerDay = sums.casual.map((events, n) => (prior.rate + events) / (prior.rate / whole.casual + sums.days[n]!))
    share = sums.needs.map((needs, n) => (prior.share * whole.share + needs) / (prior.share + sums.all[n]!))
    const needs = sumOf(sums.timeFactors) + 1
    timeFactorShares = sums.timeFactors.map((sum) => (sum + 1 / timeFactors.length) / needs)
  }
  const scaleDays = rate.map((one) => typical * one ** (-1 / shape))
  return { shape, timeFactorShares, scaleDays, share, casualPerDay, logLikelihood }
}

type Mixture = Pick<CategoryTimes, "share" | "timeFactorShares">

/** Returns ln of the likelihood of a sequence beside that without a need. */
function lnMixture(evidence: readonly { lnRatio: number }[], { share, timeFactorShares }: Mixture): number {
  let highest = Math.log1p(-share)
  for (let n = 0; n < timeFactors.length; n++)
    highest = Math.max(highest, Math.log(share * timeFactorShares[n]!) + evidence[n]!.lnRatio)
  let sum = (1 - share) * Math.exp(-highest)
  for (let n = 0; n < timeFactors.length; n++)
    sum += share * timeFactorShares[n]! * Math.exp(evidence[n]!.lnRatio - highest)
  return highest + Math.log(sum)
}

const newSums = (categories: number) => ({
  renewals: new Float64Array(categories),
  exposure: new Float64Array(categories),
  casual: new Float64Array(categories),
  days: new Float64Array(categories),
  needs: new Float64Array(categories),
  all: new Float64Array(categories),
  timeFactors: new Float64Array(timeFactors.length),
})

function sumOf(values: ArrayLike<number>): number {
  let sum = 0
  for (let n = 0; n < values.length; n++) sum += values[n]!
  return sum
}

/** Fewest gaps of a category from which its own median is where its fit begins. */
const fewestGaps = 10

/** Returns where the scale of each category begins, in days: a scale far from the truth would take every need for none. */
function startsOf(sequences: readonly CategorySequence[], categories: number): Float64Array {
  const typical = medianOf(sequences.flatMap(({ gaps }) => gaps)) ?? 1
  const starts = new Float64Array(categories).fill(typical)
  for (const [category, own] of groupBy(sequences, ({ category }) => category)) {
    const gaps = own.flatMap((sequence) => sequence.gaps)
    if (gaps.length >= fewestGaps) starts[category] = medianOf(gaps)!
  }
  return starts
}
