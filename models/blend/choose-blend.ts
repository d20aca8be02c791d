import { type Blend, linearBlend } from "../../src/core/preference/blend.ts"
import type { RankerWeights } from "../../src/core/preference/ranker.ts"
import { type Repeats, repeatPolicies, type ScorerName, scorerNames } from "../../src/core/preference/scorers.ts"
import type { Release } from "../../src/core/release/release.ts"
import type { Trial } from "../search/coordinate-search.ts"
import type { RankerParameters } from "./fit-ranker.ts"
import type { Lesson, Teaching, TeachingTask } from "./fit-ranker-task.ts"
import { doTeachingTasks } from "./fit-tasks.ts"
import { rankerQuality } from "./ranking-lists.ts"
import { startingBlend } from "./starting-blend.ts"

/** The scorers that have something to say in a release. */
export function speakingParts({ neighbors, sessions }: Release, repeats: Repeats): ScorerName[] {
  const { graphs } = neighbors
  return scorerNames.filter((scorer) => {
    if (scorer === "habit") return repeats === "allowed"
    if (scorer === "sessions") return sessions.rows.length > 0
    if (scorer === "sessionCoOccurrence") return graphs.coOccurrence.targets.length > 0
    return scorer === "factors" || scorer === "popularity" || graphs[scorer].targets.length > 0
  })
}

/** Proposes candidates by these scorers, with the starting weights. */
export function proposingBlend(
  scorers: readonly ScorerName[],
  repeats: Repeats,
  size: { candidatesPerScorer: number; maxCandidates: number },
): Blend {
  const { scorers: weighed, linear } = startingBlend[repeats]
  const weights = Object.fromEntries(scorers.map((scorer) => [scorer, linear[3 * weighed.indexOf(scorer) + 1] ?? 0]))
  return linearBlend(weights, size)
}

/** Too few lists say nothing of how scorers add up. */
const fewestLists = 50

export interface BlendChoice {
  blend: Blend
  /** What each way of adding up reached on the questions that judge … */
  trials: Trial[]
  /** … and what the best of them reaches without each scorer. */
  losses: Trial[]
}

export interface BlendOptions {
  /** Networks that are tried. */
  variants: readonly RankerParameters[]
  /** Whether the questions that judged teach in the end, too. */
  judgedTeach: boolean
  threads: number
  /** When trying ends and when teaching does, milliseconds since the epoch; may be Infinity. */
  until: { trying: number; teaching: number }
  now: () => number
}

interface Tried {
  weights: RankerWeights
  quality: number
  teaching: Teaching | null
}

/**
 * For each repeat policy tries rankers, and plain weights, taught by earlier questions on later ones, then, if the judged may teach,
 * teaches the best by both; the starting weights stand if nothing beats them, and what the earlier questions taught if time is over.
 */
export async function chooseBlends(
  lessons: Readonly<Record<Repeats, Lesson>>,
  { variants, judgedTeach, threads, until, now }: BlendOptions,
): Promise<Record<Repeats, BlendChoice>> {
  const telling = repeatPolicies.filter((repeats) => tells(lessons[repeats]))
  const tasks = ["weights of scorers" as const, ...variants].flatMap((teaching) =>
    telling.map((repeats): TeachingTask => ({ kind: "try", repeats, teaching })),
  )
  const tried = await doTeachingTasks({ tasks, lessons, until: until.trying }, threads, now)
  const found = (repeats: Repeats): Tried[] => [
    {
      weights: lessons[repeats].start,
      quality: rankerQuality(lessons[repeats].start, lessons[repeats].judged),
      teaching: null,
    },
    ...tasks.flatMap((task, n): Tried[] => {
      const result = tried[n]
      if (task.repeats !== repeats || task.kind !== "try" || !result?.weights || result.quality === null) return []
      return [{ weights: result.weights, quality: result.quality, teaching: task.teaching }]
    }),
  ]
  const all = { allowed: found("allowed"), excluded: found("excluded") }
  const best = { allowed: bestOf(all.allowed), excluded: bestOf(all.excluded) }
  const last = telling.flatMap((repeats): TeachingTask[] => {
    const { weights, teaching } = best[repeats]
    const teach: TeachingTask[] = teaching && judgedTeach ? [{ kind: "teach", repeats, teaching }] : []
    const lose = lessons[repeats].start.scorers.map(
      (_, scorer): TeachingTask => ({ kind: "lose", repeats, weights, scorer }),
    )
    return [...teach, ...lose]
  })
  const done = await doTeachingTasks({ tasks: last, lessons, until: until.teaching }, threads, now)
  const choiceOf = (repeats: Repeats): BlendChoice => {
    const { start } = lessons[repeats]
    const taught = last.findIndex((task) => task.repeats === repeats && task.kind === "teach")
    const losses = last.flatMap((task, n): Trial[] => {
      const quality = done[n]?.quality
      if (task.repeats !== repeats || task.kind !== "lose" || quality === undefined || quality === null) return []
      return [{ changed: { ablated: start.scorers[task.scorer] }, quality }]
    })
    return {
      blend: { ...start, ...(done[taught]?.weights ?? best[repeats].weights) },
      trials: all[repeats].map(({ teaching, quality }) => ({ changed: describe(teaching), quality })),
      losses,
    }
  }
  return { allowed: choiceOf("allowed"), excluded: choiceOf("excluded") }
}

const tells = ({ taught, judged }: Lesson): boolean =>
  taught.thinned.wanted.length >= fewestLists && judged.whole.wanted.length >= fewestLists

/** The first of the best. */
const bestOf = (tried: readonly Tried[]): Tried =>
  tried.reduce((best, one) => (one.quality > best.quality ? one : best))

const describe = (teaching: Teaching | null): Record<string, unknown> =>
  teaching === null
    ? { ranker: "starting weights" }
    : teaching === "weights of scorers"
      ? { ranker: teaching }
      : { ...teaching }
