import { elapsed, ownShare } from "../../src/core/possession/renewal.ts"
import type { Intervals } from "./intervals.ts"
import { medianOf } from "./median.ts"

/** A Weibull with a cure fraction: a shape, and by key the scale in days and the share of first purchases that are repeated. */
export interface FittedWeibull {
  shape: number
  scaleDays: Float64Array
  repeatShare: Float64Array
  /** Those of all keys of a parent together, and of all. */
  parentScaleDays: Float64Array
  parentShare: Float64Array
  logLikelihood: number
}

export interface WeibullTerms {
  keys: number
  /** Parent of each key, to which its estimate is shrunk; by default one for all. */
  parentOf?: Int32Array
  parents?: number
  /** Factor on the rate of each customer. */
  pace?: Float64Array
  /** Factor by which each interval lasts longer than a usual one. */
  lasting?: Float64Array
  shapes?: readonly number[]
}

const shapeGrid = [0.6, 0.8, 1, 1.3, 1.7, 2.2, 3, 4]
/** Weight of a parent's estimate, in intervals that ended, and in purchases. */
const prior = { rate: 5, share: 10 }
const steps = 8

/**
 * Fits by expectation-maximisation: an open interval is repeated later with the chance that it still waits. Keys are shrunk to their parents and those
 * to all. The shape is the likeliest of a grid. Mixture cure model: Farewell, Biometrics 1982.
 */
export function fitWeibull(intervals: Intervals, terms: WeibullTerms): FittedWeibull {
  const shapes = terms.shapes ?? shapeGrid
  const fits = shapes.map((shape) => fitShape(intervals, shape, terms))
  return fits.reduce((best, fit) => (fit.logLikelihood > best.logLikelihood ? fit : best))
}

function fitShape(intervals: Intervals, shape: number, terms: WeibullTerms): FittedWeibull {
  const { keys, parentOf = new Int32Array(keys), parents = 1, pace, lasting } = terms
  const count = intervals.days.length
  const typical = Math.max(1, medianOf(intervals.days) ?? 1)
  // Rates are per (typical)^shape, so that sums stay near 1 for every shape.
  const passed = Float64Array.from(
    intervals.days,
    (days, n) => elapsed(days, typical * (lasting?.[n] ?? 1), shape) * (pace?.[intervals.customer[n]!] ?? 1),
  )
  let [rate, share] = [new Float64Array(keys).fill(1), new Float64Array(keys).fill(0.5)]
  let [parentRate, parentShare] = [new Float64Array(parents).fill(1), new Float64Array(parents).fill(0.5)]
  for (let step = 0; step < steps; step++) {
    const [events, exposure, firsts, returns] = Array.from({ length: 4 }, () => new Float64Array(keys)) as [
      Float64Array,
      Float64Array,
      Float64Array,
      Float64Array,
    ]
    for (let n = 0; n < count; n++) {
      const key = intervals.key[n]!
      const nth = intervals.nth[n]!
      const returning =
        intervals.isClosed[n] === 1 ? 1 : stillWaiting(ownShare(share[key]!, nth), rate[key]! * passed[n]!)
      if (intervals.isClosed[n] === 1) events[key]! += 1
      exposure[key]! += returning * passed[n]!
      if (nth > 0) continue
      firsts[key]! += 1
      returns[key]! += returning
    }
    const above = sumsBy(parentOf, parents, { events, exposure, firsts, returns })
    const all = {
      rate: (total(events) + 1) / (total(exposure) + 1),
      share: (total(returns) + 0.5) / (total(firsts) + 1),
    }
    parentRate = above.events.map((d, n) => (prior.rate + d) / (prior.rate / all.rate + above.exposure[n]!))
    parentShare = above.returns.map((r, n) => (prior.share * all.share + r) / (prior.share + above.firsts[n]!))
    rate = events.map((d, n) => (prior.rate + d) / (prior.rate / parentRate[parentOf[n]!]! + exposure[n]!))
    share = returns.map((r, n) => (prior.share * parentShare[parentOf[n]!]! + r) / (prior.share + firsts[n]!))
  }
  let logLikelihood = 0
  for (let n = 0; n < count; n++) {
    const key = intervals.key[n]!
    const repeated = ownShare(share[key]!, intervals.nth[n]!)
    const part = rate[key]! * passed[n]!
    logLikelihood +=
      intervals.isClosed[n] === 1
        ? Math.log((repeated * shape * part) / intervals.days[n]!) - part
        : Math.log(1 - repeated + repeated * Math.exp(-part))
  }
  const scaleOf = (one: number) => typical * one ** (-1 / shape)
  return {
    shape,
    scaleDays: rate.map(scaleOf),
    repeatShare: share,
    parentScaleDays: parentRate.map(scaleOf),
    parentShare,
    logLikelihood,
  }
}

/** P(the need returns at all | it has not by now), after a part `waited` of the usual time. */
function stillWaiting(share: number, waited: number): number {
  const waiting = share * Math.exp(-waited)
  return waiting / (1 - share + waiting)
}

type Sums = Record<"events" | "exposure" | "firsts" | "returns", Float64Array>

function sumsBy(parentOf: Int32Array, parents: number, sums: Sums): Sums {
  const sumOf = (values: Float64Array) => {
    const sum = new Float64Array(parents)
    values.forEach((value, key) => {
      sum[parentOf[key]!]! += value
    })
    return sum
  }
  return {
    events: sumOf(sums.events),
    exposure: sumOf(sums.exposure),
    firsts: sumOf(sums.firsts),
    returns: sumOf(sums.returns),
  }
}

const total = (values: Float64Array) => values.reduce((sum, value) => sum + value, 0)
