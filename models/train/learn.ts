import { availableParallelism } from "node:os"
import { msPerDay } from "../../src/core/preference/confidences.ts"
import type { ReleaseContents } from "../../src/core/preference/release.ts"
import { ApiError } from "../../src/core/problem.ts"
import { casesOf } from "../evaluate/cases.ts"
import { type Configuration, startingConfiguration } from "./configuration.ts"
import { type Dataset, historiesOf } from "./dataset.ts"
import { fitContents, type Past, pastOf } from "./fit-release.ts"
import { type SearchStep, searchConfiguration } from "./search.ts"
import { validationCases } from "./validation.ts"

export interface LearnOptions {
  /** Length of the validation window, in days. */
  horizonDays: number
  clock: () => number
  threads?: number
  seed?: number
  /** Seconds that the search for hyper-parameters may take. */
  searchSeconds?: number
  onProgress?: (line: string) => void
}

export interface Learned {
  configuration: Configuration
  steps: readonly SearchStep[]
  contents: ReleaseContents
  past: Past
}

export const defaultSearchSeconds = 15
const maxValidationCases = 1000

/** Chooses a configuration on the days before `cut` and refits it on everything before `cut`; sees nothing later. */
export async function learnBefore(dataset: Dataset, cut: number, options: LearnOptions): Promise<Learned> {
  const { configuration, steps } = await chooseConfiguration(dataset, cut, options)
  return { configuration, steps, ...(await refit(dataset, cut, configuration, options)) }
}

/** Fits a configuration on everything before `cut`. */
export async function refit(
  dataset: Dataset,
  cut: number,
  configuration: Configuration,
  { threads = availableParallelism(), onProgress }: Pick<LearnOptions, "threads" | "onProgress">,
): Promise<Pick<Learned, "contents" | "past">> {
  const past = pastOf(historiesOf(dataset, { until: cut }), cut)
  if (past.items.ids.length === 0) {
    throw new ApiError(
      "conflict",
      `no event before ${new Date(cut).toISOString()} names an item; import a longer past first`,
    )
  }
  onProgress?.(
    `fitting ${past.items.ids.length} items on what ${past.histories.filter(({ firstAt }) => firstAt !== null).length} customers did`,
  )
  return { past, contents: await fitContents(past, configuration, { threads }) }
}

async function chooseConfiguration(dataset: Dataset, cut: number, options: LearnOptions) {
  const { horizonDays, clock, seed = 1, threads = availableParallelism(), onProgress = () => {} } = options
  const start = startingConfiguration(seed)
  const validationCut = cut - horizonDays * msPerDay
  const past = pastOf(historiesOf(dataset, { until: validationCut }), validationCut)
  const cases = casesOf(dataset, { cut: validationCut, until: cut }, past.histories)
  if (past.items.ids.length === 0 || cases.length === 0) {
    onProgress("too little happened to choose by; the starting configuration stands")
    return { configuration: start, steps: [] }
  }
  onProgress(`choosing on ${horizonDays} days before ${new Date(cut).toISOString().slice(0, 10)}`)
  const validation = { past, cases: validationCases(cases, past, dataset, maxValidationCases) }
  const searchSeconds = options.searchSeconds ?? defaultSearchSeconds
  return searchConfiguration(start, validation, { threads, clock, searchSeconds, onProgress })
}
