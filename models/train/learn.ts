import { availableParallelism } from "node:os"
import type { BlendWeights } from "../../src/core/preference/blend.ts"
import { decodeRelease } from "../../src/core/preference/decode-release.ts"
import { type Repeats, repeatPolicies } from "../../src/core/preference/parts.ts"
import type { Release, ReleaseContents } from "../../src/core/preference/release.ts"
import { chooseBlend, proposingBlend, speakingParts } from "../blend/choose-blend.ts"
import type { RankerParameters } from "../blend/fit-ranker.ts"
import { type RankingLists, rankingLists } from "../blend/ranking-lists.ts"
import { startingBlend } from "../blend/starting-blend.ts"
import { type Configuration, startingConfiguration } from "./configuration.ts"
import type { Trial } from "./coordinate-search.ts"
import { fitContents, type Past } from "./fit-release.ts"
import { type SearchStep, searchConfiguration } from "./search.ts"
import { spread, type Window } from "./window.ts"

export interface LearnOptions {
  /** Milliseconds since the epoch. */
  clock: () => number
  threads?: number
  seed?: number
  /** Trials of each model at most, its start included. */
  searchTrials?: number
  /** Seconds after which no further trial begins; without it the outcome does not depend on time. */
  budgetSeconds?: number
  onProgress?: (line: string) => void
}

/** Two windows, one after the other, and the past that is learnt in the end; without windows the starting configuration stands. */
export interface Lessons {
  windows: { earlier: Window; later: Window } | null
  past: Past
  /** Whether the ranker, once judged on the later window, is taught by that too; by default it is. */
  laterTeaches?: boolean
}

/** What was chosen: how the parts are fitted and how they add up. */
export interface Choice {
  configuration: Configuration
  blend: BlendWeights
  steps: readonly SearchStep[]
}

export interface Learned extends Choice {
  contents: ReleaseContents
  past: Past
}

export const defaultSearchTrials = 14

/** Candidates that a part proposes, and that are ranked at most. */
const size = { depth: 60, most: 200 }
/** Questions of a window and policy that teach or judge at most, spread evenly. */
const maxTaught = 30_000
const maxJudged = 10_000
/** Features that the lists of a window and policy hold at most; four bytes each. */
const maxValues = 60e6

/**
 * Chooses parameters on the later window, teaches the ranker by the earlier one, judges it on the later one, teaches it by both,
 * and fits the parts on everything. Sees nothing else.
 */
export async function learn({ windows, past, laterTeaches = true }: Lessons, options: LearnOptions): Promise<Learned> {
  const { threads = availableParallelism(), onProgress = () => {} } = options
  const choice = windows ? await choose({ ...windows, laterTeaches }, options) : withoutChoice(options)
  onProgress(`fitting ${past.items.ids.length} items on what ${past.histories.length} customers did`)
  const contents = await fitContents(past, choice.configuration, { threads, blend: choice.blend })
  return { ...choice, contents, past }
}

const withoutChoice = ({ seed = 1, onProgress }: LearnOptions): Choice => {
  onProgress?.("too little happened to choose by; the starting configuration stands")
  return { configuration: startingConfiguration(seed), blend: startingBlend, steps: [] }
}

async function choose(
  { earlier, later, laterTeaches }: { earlier: Window; later: Window; laterTeaches: boolean },
  options: LearnOptions,
): Promise<Choice> {
  const { clock, seed = 1, threads = availableParallelism(), onProgress = () => {} } = options
  const begun = clock()
  const hasTime = () => options.budgetSeconds === undefined || clock() - begun < options.budgetSeconds * 1000
  const { configuration, steps } = await searchConfiguration(startingConfiguration(seed), later, {
    threads,
    trials: options.searchTrials ?? defaultSearchTrials,
    hasTime,
    onProgress,
  })
  const fitOn = async (window: Window, id: string): Promise<Release> => {
    const { untilMs } = window.past
    return decodeRelease(
      { id, createdAt: 0, trainedUntil: untilMs },
      await fitContents(window.past, configuration, { threads }),
    )
  }
  const judge = await fitOn(later, "later")
  const proposing = (repeats: Repeats) => proposingBlend(speakingParts(judge, repeats), repeats, size)
  const blends = { allowed: proposing("allowed"), excluded: proposing("excluded") }
  const judged = listsOf({ ...judge, blend: blends }, later, maxJudged, seed)
  const teacher = earlier.past === later.past ? judge : await fitOn(earlier, "earlier")
  const taught = listsOf({ ...teacher, blend: blends }, earlier, maxTaught, seed)
  const chosen = repeatPolicies.map((repeats) => {
    const trials: Trial[] = []
    const onTrial = (trial: Trial) => {
      trials.push(trial)
      onProgress(
        `blend, repeats ${repeats}: validation NDCG@20 ${trial.quality.toFixed(4)}, ${JSON.stringify(trial.changed)}`,
      )
    }
    const losses: Trial[] = []
    const onLoss = (trial: Trial) => void losses.push(trial)
    const blend = chooseBlend(blends[repeats], taught[repeats], judged[repeats], variantsOf(seed), laterTeaches, {
      onTrial,
      onLoss,
    })
    steps.push({ model: `blend, repeats ${repeats}`, trials })
    if (losses.length > 0) steps.push({ model: withoutPart[repeats], trials: losses })
    return [repeats, blend] as const
  })
  return { configuration, steps, blend: Object.fromEntries(chosen) as unknown as BlendWeights }
}

/** The steps that say what the blend reaches without each part. */
export const withoutPart: Readonly<Record<Repeats, string>> = {
  allowed: "blend without a part, repeats allowed",
  excluded: "blend without a part, repeats excluded",
}

const variantsOf = (seed: number): RankerParameters[] => [
  { hidden: 0, epochs: 6, learningRate: 3e-3, decay: 1e-4, seed },
  { hidden: 32, epochs: 12, learningRate: 2e-3, decay: 1e-3, seed },
  { hidden: 32, epochs: 16, learningRate: 3e-3, decay: 3e-4, seed },
  { hidden: 48, epochs: 20, learningRate: 2e-3, decay: 1e-5, seed },
]

function listsOf(release: Release, window: Window, most: number, seed: number): Record<Repeats, RankingLists> {
  const lists = (repeats: Repeats) => {
    const questions = window.questions.filter((question) => question.repeats === repeats)
    return rankingLists(release, window, spread(questions, most), { maxValues, seed })
  }
  return { allowed: lists("allowed"), excluded: lists("excluded") }
}
