import { availableParallelism } from "node:os"
import type { BlendWeights } from "../../src/core/preference/blend.ts"
import { type Repeats, repeatPolicies } from "../../src/core/preference/scorers.ts"
import type { ReleaseContents } from "../../src/core/release/release.ts"
import { chooseBlends } from "../blend/choose-blend.ts"
import { chooseNoveltyShare, type NoveltyShare } from "../blend/choose-novelty-share.ts"
import type { RankerParameters } from "../blend/fit-ranker.ts"
import { startingBlend } from "../blend/starting-blend.ts"
import type { Past } from "../data/past.ts"
import type { Window } from "../data/window.ts"
import { startingRecipes } from "../recipes/fit-recipes.ts"
import { type Configuration, startingConfiguration } from "../search/configuration.ts"
import type { SearchStep } from "../search/model-search.ts"
import { searchConfiguration } from "../search/search.ts"
import { searchRecipes } from "../search/search-recipes.ts"
import { type Budget, createBudget } from "../workers/budget.ts"
import { buildRankingLists } from "./build-ranking-lists.ts"
import { fitContents } from "./fit-release.ts"

export interface LearnOptions {
  threads?: number
  seed?: number
  /** Trials of each model at most, its start included. */
  searchTrials?: number
  /** Seconds that choosing and fitting may take; without them, and without a budget, the outcome does not depend on time. */
  budgetSeconds?: number
  /** The time that is shared with what comes after. */
  budget?: Budget
  onProgress?: (line: string) => void
}

/** Two successive windows, and the past that the release is fitted on; without windows the starting configuration is used. */
export interface TrainingWindows {
  windows: {
    earlier: Window
    later: Window
    /** Windows before the earlier one, the latest first, where the two hold few queries. */
    before?: readonly Window[]
  } | null
  past: Past
  /** Refits the ranker, once validated on the later window, on that too; by default `true`. */
  refitOnValidation?: boolean
}

/** The configuration that models are fitted with, the blend of their scores, and the search that chose both. */
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
 * Chooses parameters on the later window, fits the ranker on the earlier one, validates it on the later one, refits it on both, and fits
 * the models on the whole past. With more windows all choose parameters, and the later half validates the ranker. Sees nothing else.
 */
export async function learn(
  { windows, past, refitOnValidation = true }: TrainingWindows,
  options: LearnOptions,
): Promise<Learned> {
  const { threads = availableParallelism(), onProgress = () => {} } = options
  const budget = options.budget ?? createBudget({ seconds: options.budgetSeconds, last: "fit" })
  const choice = windows
    ? await choose({ ...windows, refitOnValidation, past }, options, budget)
    : startingChoice(options)
  onProgress(`fitting models: ${past.items.ids.length} items, ${past.histories.length} customers`)
  const hasTime = () => budget.hasTime(options.budget ? "evaluate" : "fit")
  const contents = await fitContents(past, choice.configuration, { threads, blend: choice.blend, hasTime })
  return { ...choice, contents, past }
}

/** Returns the starting configuration and blend, for a past too short to choose by. */
export const startingChoice = ({ seed = 1, onProgress }: LearnOptions): Choice => {
  onProgress?.("too few events to choose parameters: using the starting configuration")
  return { configuration: startingConfiguration(seed), blend: startingBlend, steps: [] }
}

async function choose(
  {
    earlier,
    later,
    before = [],
    refitOnValidation,
    past,
  }: NonNullable<TrainingWindows["windows"]> & { refitOnValidation: boolean; past: Past },
  options: LearnOptions,
  budget: Budget,
): Promise<Choice> {
  const { seed = 1, threads = availableParallelism(), onProgress = () => {} } = options
  const windows = [later, earlier, ...before]
  const searched = before.length > 0 ? windows : [later]
  const validating = windows.slice(0, Math.ceil(windows.length / 2))
  const { now } = budget
  budget.allocate()
  const tools = { threads, trials: options.searchTrials ?? defaultSearchTrials, now, onProgress }
  const start = startingConfiguration(seed)
  const recipes = await searchRecipes(
    start.recipes ?? startingRecipes,
    { before: later.past, after: past },
    { ...tools, seed, begunAt: now(), endsAt: shareOfTime(now(), budget.until("search"), recipesShare) },
  )
  const searchedModels = await searchConfiguration(start, searched, {
    ...tools,
    begunAt: now(),
    endsAt: budget.until("search"),
  })
  const { fitMs } = searchedModels
  const configuration = { ...searchedModels.configuration, recipes: recipes.parameters }
  const steps = [...searchedModels.steps, ...recipes.steps]
  budget.reserve("fit", fitMs)
  budget.reserve("refit", fitMs)
  if (!budget.hasTime("rankers", windows.length * fitMs)) {
    onProgress("no time to fit the ranker: using the starting weights")
    return { configuration, steps, blend: startingBlend }
  }
  const lists = await buildRankingLists(
    { training: windows.slice(validating.length), validation: validating },
    configuration,
    { threads, seed, until: budget.until("lists"), now },
  )
  const { blends, train, validation } = lists
  budget.reserve("fit", lists.fitMs)
  budget.reserve("refit", lists.fitMs)
  const datasetOf = (repeats: Repeats) => ({
    start: blends[repeats],
    train: train[repeats],
    validation: validation[repeats],
  })
  onProgress(`validating rankers on ${validation.allowed.queries + validation.excluded.queries} queries`)
  const chosen = await chooseBlends(
    { allowed: datasetOf("allowed"), excluded: datasetOf("excluded") },
    {
      variants: variantsOf(seed),
      refitOnValidation,
      threads,
      until: { trying: budget.until("rankers"), refitting: budget.until("refitRankers") },
      now,
    },
  )
  for (const repeats of repeatPolicies) {
    const { trials, ablations } = chosen[repeats]
    steps.push({ model: `blend, repeats ${repeats}`, trials, queries: validation[repeats].queries })
    if (ablations.length > 0) steps.push({ model: ablationSteps[repeats], trials: ablations })
    for (const { quality, changed } of trials) {
      onProgress(`blend, repeats ${repeats}: validation NDCG@20 ${quality.toFixed(4)}, ${JSON.stringify(changed)}`)
    }
  }
  const { blend, validated } = chosen.allowed
  const novelty = chooseNoveltyShare(validated, blend.scorers, validation.allowed.full)
  if (novelty) onProgress(`least share of what was never bought: ${novelty.share}, hits at 20 ${hitsText(novelty)}`)
  const allowed = { ...blend, ...(novelty && { noveltyShare: novelty.share }) }
  return { configuration, steps, blend: { allowed, excluded: chosen.excluded.blend } }
}

const hitsText = ({ hits }: NoveltyShare): string => hits.map(({ share, hits }) => `${hits} with ${share}`).join(", ")

/** Share of the search's time that goes to the graphs of the recipes. */
const recipesShare = 0.15

const shareOfTime = (fromMs: number, untilMs: number, share: number): number =>
  untilMs === Number.POSITIVE_INFINITY ? untilMs : fromMs + share * (untilMs - fromMs)

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
