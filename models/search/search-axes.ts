import type { HabitParameters } from "../habit/fit.ts"
import type { CoOccurrenceParameters } from "../neighbors/fit-co-occurrence.ts"
import type { TransitionParameters } from "../neighbors/fit-transitions.ts"
import type { LocalSlimParameters } from "../neighbors/slim-parameters.ts"
import type { PopularityParameters } from "../popularity/fit.ts"
import type { PreferenceParameters } from "../preference/parameters.ts"
import type { SessionFitParameters } from "../sessions/fit.ts"
import type { Axes } from "./coordinate-search.ts"

export type PreferenceChoice = PreferenceParameters & { halfLifeDays: number | null }
export type CoOccurrenceChoice = CoOccurrenceParameters & { halfLifeDays: number | null }

/** Parameters that a search varies, by model, the most influential first. */
export const preferenceAxes: Axes<PreferenceChoice> = {
  halfLifeDays: [15, 30, 60, 120, 240, null],
  unobservedWeight: [0.003, 0.01, 0.03, 0.1, 0.3, 1],
  regularization: [0.0003, 0.001, 0.003, 0.01, 0.03, 0.1],
  sweeps: [3, 5, 8, 12],
}

/** Then more dimensions, which want to be held smaller. */
export const dimensionAxes: Axes<PreferenceChoice> = {
  dimensions: [16, 32, 64, 128, 256, 512],
  regularization: preferenceAxes.regularization ?? [],
}

/** Twice the dimensions cost every answer and every stored vector twice as much. */
export const dimensionLeastGains = { dimensions: 0.03 }

/** Factors that find less than this share of what counting pairs finds get no more dimensions. */
export const dimensionBar = 0.5

export const coOccurrenceAxes: Axes<CoOccurrenceChoice> = {
  pairHalfLifeDays: [7, 15, 30, 60, 120, 240, null],
  targetExponent: [0, 0.15, 0.3, 0.5, 0.7],
  halfLifeDays: [15, 30, 60, 120, 240, null],
  distanceExponent: [0, 0.25, 0.5, 1, 1.5],
  customerExponent: [0, 0.25, 0.5, 0.75, 1],
  sourceExponent: [0, 0.25, 0.5, 0.75, 1],
  backward: [0.25, 0.5, 0.75, 1],
}

export const startingSlim: LocalSlimParameters = {
  customerExponent: 0.4,
  support: 150,
  supportExponent: 0.1,
  regularization: 4,
  regularizationExponent: 0.5,
}

/** Sources that trials are content with: the time of a regression grows with their cube, the best of the rest hardly moves. */
export const trialSupport = 75

export const slimAxes: Axes<LocalSlimParameters> = {
  regularization: [1, 2, 4, 8, 16],
  customerExponent: [0, 0.4, 0.7, 1],
}

export const transitionAxes: Axes<TransitionParameters> = {
  recencyShare: [0.1, 0.25, 0.5, 1, 0],
  sourceExponent: [0, 0.25, 0.5, 0.75, 1],
  maxSteps: [5, 10, 20, 40],
}

export const decayValues: readonly number[] = [0.2, 0.35, 0.5, 0.6, 0.7, 0.8, 0.9, 1]

export const sessionAxes: Axes<SessionFitParameters> = {
  recencyShare: [0.1, 0.25, 0.5, 1, 0],
  queryDecay: [0.35, 0.5, 0.65, 0.8, 0.9],
  matchDecay: [0.35, 0.6, 0.75, 0.9, 1],
  lengthExponent: [0, 0.2, 0.35, 0.5, 0.75],
  distanceDecay: [0.6, 0.78, 0.9, 1],
  self: [0, 0.5, 1, 2],
}

export const popularityAxes: Axes<PopularityParameters> = {
  halfLifeDays: [4, 7, 15, 30, 60, 120, 240, null],
  firstOrderPrior: [0, 0.5, 0.8, 1],
}

export const habitAxes: Axes<HabitParameters> = {
  windowDays: [15, 30, 60],
  halfLifeDays: [7, 15, 30, 60, 120, 240, null],
  priorBuyers: [5, 20, 80],
}

/** The axes without those that time alone gives a meaning. */
export function withoutTime<P extends object>(axes: Axes<P>): Axes<P> {
  const timed = ["halfLifeDays", "pairHalfLifeDays", "distanceExponent", "backward"]
  return Object.fromEntries(Object.entries(axes).filter(([name]) => !timed.includes(name))) as Axes<P>
}
