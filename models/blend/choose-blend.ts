import { type Blend, linearBlend } from "../../src/core/preference/blend.ts"
import type { RankerWeights } from "../../src/core/preference/ranker.ts"
import { type Repeats, repeatPolicies, type ScorerName, scorerNames } from "../../src/core/preference/scorers.ts"
import type { Release } from "../../src/core/release/release.ts"
import type { Trial } from "../search/coordinate-search.ts"
import type { RankerParameters } from "./fit-ranker.ts"
import type { RankerDataset, RankerMethod, RankerTask } from "./fit-ranker-task.ts"
import { rankerQuality } from "./ranking-lists.ts"
import { runRankerTasks } from "./run-ranker-tasks.ts"
import { startingBlend } from "./starting-blend.ts"

/** Names the scorers for which a release has weights. */
export function availableScorers({ neighbors, sessions }: Release, repeats: Repeats): ScorerName[] {
  const { graphs } = neighbors
  return scorerNames.filter((scorer) => {
    if (scorer === "habit") return repeats === "allowed"
    if (scorer === "sessions") return sessions.rows.length > 0
    if (scorer === "sessionCoOccurrence") return graphs.coOccurrence.targets.length > 0
    return scorer === "factors" || scorer === "popularity" || graphs[scorer].targets.length > 0
  })
}

/** Returns the blend that generates the candidates rankers are fitted on: these scorers, with the starting weights. */
export function candidateGenerationBlend(
  scorers: readonly ScorerName[],
  repeats: Repeats,
  size: { candidatesPerScorer: number; maxCandidates: number },
): Blend {
  const { scorers: weighed, linear } = startingBlend[repeats]
  const weights = Object.fromEntries(scorers.map((scorer) => [scorer, linear[3 * weighed.indexOf(scorer) + 1] ?? 0]))
  return linearBlend(weights, size)
}

/** Fewer lists cannot tell how scorers add up. */
const minLists = 50

export interface BlendChoice {
  blend: Blend
  /** The best weights as they were validated, before they are fitted on validation too. */
  validated: RankerWeights
  /** The validation quality of each method … */
  trials: Trial[]
  /** … and of the best of them without each scorer. */
  ablations: Trial[]
}

export interface BlendOptions {
  /** Networks that are tried. */
  variants: readonly RankerParameters[]
  /** Fits the best method again on training and validation lists. */
  refitOnValidation: boolean
  threads: number
  /** Times at which trying and refitting end, milliseconds since the epoch; may be Infinity. */
  until: { trying: number; refitting: number }
  now: () => number
}

interface ValidatedRanker {
  weights: RankerWeights
  quality: number
  /** `null`: the starting weights. */
  method: RankerMethod | null
}

/**
 * For each repeat policy fits rankers, and plain weights, on the training lists and validates them, then, with `refitOnValidation`, fits
 * the best again on both; the starting weights stand if nothing beats them, and the fit on the training lists if time is over.
 */
export async function chooseBlends(
  datasets: Readonly<Record<Repeats, RankerDataset>>,
  { variants, refitOnValidation, threads, until, now }: BlendOptions,
): Promise<Record<Repeats, BlendChoice>> {
  const largeEnough = repeatPolicies.filter((repeats) => isLargeEnough(datasets[repeats]))
  const validations = ["scorer weights" as const, ...variants].flatMap((method) =>
    largeEnough.map((repeats): RankerTask => ({ kind: "validate", repeats, method })),
  )
  const validated = await runRankerTasks({ tasks: validations, datasets, until: until.trying }, threads, now)
  const rankersOf = (repeats: Repeats): ValidatedRanker[] => [
    {
      weights: datasets[repeats].start,
      quality: rankerQuality(datasets[repeats].start, datasets[repeats].validation),
      method: null,
    },
    ...validations.flatMap((task, n): ValidatedRanker[] => {
      const result = validated[n]
      if (task.repeats !== repeats || task.kind !== "validate" || !result?.weights || result.quality === null) return []
      return [{ weights: result.weights, quality: result.quality, method: task.method }]
    }),
  ]
  const all = { allowed: rankersOf("allowed"), excluded: rankersOf("excluded") }
  const best = { allowed: bestOf(all.allowed), excluded: bestOf(all.excluded) }
  const tasks = largeEnough.flatMap((repeats): RankerTask[] => {
    const { weights, method } = best[repeats]
    const refit: RankerTask[] = method && refitOnValidation ? [{ kind: "refit", repeats, method }] : []
    const ablations = datasets[repeats].start.scorers.map(
      (_, scorer): RankerTask => ({ kind: "ablate", repeats, weights, scorer }),
    )
    return [...refit, ...ablations]
  })
  const results = await runRankerTasks({ tasks, datasets, until: until.refitting }, threads, now)
  const choiceOf = (repeats: Repeats): BlendChoice => {
    const { start } = datasets[repeats]
    const refit = tasks.findIndex((task) => task.repeats === repeats && task.kind === "refit")
    const ablations = tasks.flatMap((task, n): Trial[] => {
      const quality = results[n]?.quality
      if (task.repeats !== repeats || task.kind !== "ablate" || quality === undefined || quality === null) return []
      return [{ changed: { ablated: start.scorers[task.scorer] }, quality }]
    })
    return {
      blend: { ...start, ...(results[refit]?.weights ?? best[repeats].weights) },
      validated: best[repeats].weights,
      trials: all[repeats].map(({ method, quality }) => ({ changed: describe(method), quality })),
      ablations,
    }
  }
  return { allowed: choiceOf("allowed"), excluded: choiceOf("excluded") }
}

const isLargeEnough = ({ train, validation }: RankerDataset): boolean =>
  train.sampled.relevant.length >= minLists && validation.full.relevant.length >= minLists

/** The first of the best. */
const bestOf = (rankers: readonly ValidatedRanker[]): ValidatedRanker =>
  rankers.reduce((best, one) => (one.quality > best.quality ? one : best))

function describe(method: RankerMethod | null): Record<string, unknown> {
  if (method === null) return { ranker: "starting weights" }
  return method === "scorer weights" ? { ranker: method } : { ...method }
}
