import { availableParallelism } from "node:os"
import type { BlendWeights } from "../../src/core/preference/blend.ts"
import { type Repeats, repeatPolicies } from "../../src/core/preference/scorers.ts"
import type { ReleaseContents } from "../../src/core/release/release.ts"
import { chooseBlends } from "../blend/choose-blend.ts"
import type { RankerParameters } from "../blend/fit-ranker.ts"
import { startingBlend } from "../blend/starting-blend.ts"
import type { Past } from "../data/past.ts"
import type { Window } from "../data/window.ts"
import { type Configuration, startingConfiguration } from "../search/configuration.ts"
import type { SearchStep } from "../search/model-search.ts"
import { searchConfiguration } from "../search/search.ts"
import { type Budget, createBudget } from "../workers/budget.ts"
import { askManyWindows } from "./build-ranking-lists.ts"
import { fitContents } from "./fit-release.ts"

export interface LearnOptions {
  threads?: number
  seed?: number
  /** Trials of each model at most, its start included. */
  searchTrials?: number
  /** Seconds that choosing and learning may take; without them, and without a budget, the outcome does not depend on time. */
  budgetSeconds?: number
  /** The time that is shared with what comes after. */
  budget?: Budget
  onProgress?: (line: string) => void
}

/** Two windows, one after the other, and the past that is learnt in the end; without windows the starting configuration stands. */
export interface Lessons {
  windows: {
    earlier: Window
    later: Window
    /** Where few questions judge: windows before the earlier, the latest first. */
    before?: readonly Window[]
  } | null
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

/**
 * Chooses parameters on the later window, teaches the ranker by the earlier one, judges it on the later one, teaches it by both,
 * and fits the parts on everything. With more windows all choose parameters, and the later half judges the ranker. Sees nothing else.
 */
export async function learn({ windows, past, laterTeaches = true }: Lessons, options: LearnOptions): Promise<Learned> {
  const { threads = availableParallelism(), onProgress = () => {} } = options
  const budget = options.budget ?? createBudget({ seconds: options.budgetSeconds, last: "fit" })
  const choice = windows ? await choose({ ...windows, laterTeaches }, options, budget) : withoutChoice(options)
  onProgress(`fitting ${past.items.ids.length} items on what ${past.histories.length} customers did`)
  const hasTime = () => budget.hasTime(options.budget ? "measure" : "fit")
  const contents = await fitContents(past, choice.configuration, { threads, blend: choice.blend, hasTime })
  return { ...choice, contents, past }
}

/** What stands where too little happened to choose by. */
export const withoutChoice = ({ seed = 1, onProgress }: LearnOptions): Choice => {
  onProgress?.("too little happened to choose by; the starting configuration stands")
  return { configuration: startingConfiguration(seed), blend: startingBlend, steps: [] }
}

async function choose(
  { earlier, later, before = [], laterTeaches }: NonNullable<Lessons["windows"]> & { laterTeaches: boolean },
  options: LearnOptions,
  budget: Budget,
): Promise<Choice> {
  const { seed = 1, threads = availableParallelism(), onProgress = () => {} } = options
  const windows = [later, earlier, ...before]
  const searched = before.length > 0 ? windows : [later]
  const judging = windows.slice(0, Math.ceil(windows.length / 2))
  const { now } = budget
  budget.divide()
  const { configuration, steps, fitMs } = await searchConfiguration(startingConfiguration(seed), searched, {
    threads,
    trials: options.searchTrials ?? defaultSearchTrials,
    begunAt: now(),
    endsAt: budget.until("search"),
    now,
    onProgress,
  })
  budget.foresee("fit", fitMs)
  budget.foresee("refit", fitMs)
  if (!budget.hasTime("try", windows.length * fitMs)) {
    onProgress("no time to teach how the parts add up: they start with fixed weights")
    return { configuration, steps, blend: startingBlend }
  }
  const asked = await askManyWindows({ teaching: windows.slice(judging.length), judging }, configuration, {
    threads,
    seed,
    until: budget.until("ask"),
    now,
  })
  const { blends, taught, judged } = asked
  budget.foresee("fit", asked.fitMs)
  budget.foresee("refit", asked.fitMs)
  const lessonOf = (repeats: Repeats) => ({ start: blends[repeats], taught: taught[repeats], judged: judged[repeats] })
  onProgress(`asked ${judged.allowed.questions + judged.excluded.questions} questions that judge`)
  const chosen = await chooseBlends(
    { allowed: lessonOf("allowed"), excluded: lessonOf("excluded") },
    {
      variants: variantsOf(seed),
      judgedTeach: laterTeaches,
      threads,
      until: { trying: budget.until("try"), teaching: budget.until("teach") },
      now,
    },
  )
  for (const repeats of repeatPolicies) {
    const { trials, losses } = chosen[repeats]
    steps.push({ model: `blend, repeats ${repeats}`, trials, queries: judged[repeats].questions })
    if (losses.length > 0) steps.push({ model: ablationSteps[repeats], trials: losses })
    for (const { quality, changed } of trials) {
      onProgress(`blend, repeats ${repeats}: validation NDCG@20 ${quality.toFixed(4)}, ${JSON.stringify(changed)}`)
    }
  }
  return { configuration, steps, blend: { allowed: chosen.allowed.blend, excluded: chosen.excluded.blend } }
}

/** Names of the steps that measure the blend without each scorer, by repeat policy. */
export const ablationSteps: Readonly<Record<Repeats, string>> = {
  allowed: "blend ablation, repeats allowed",
  excluded: "blend ablation, repeats excluded",
}

const variantsOf = (seed: number): RankerParameters[] => [
  { hidden: 0, epochs: 6, learningRate: 3e-3, decay: 1e-4, seed },
  { hidden: 16, epochs: 12, learningRate: 2e-3, decay: 1e-2, seed },
  { hidden: 32, epochs: 12, learningRate: 2e-3, decay: 1e-3, seed },
  { hidden: 48, epochs: 20, learningRate: 2e-3, decay: 1e-5, seed },
]
