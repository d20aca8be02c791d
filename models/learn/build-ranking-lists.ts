import type { BlendWeights } from "../../src/core/preference/blend.ts"
import type { Repeats } from "../../src/core/preference/scorers.ts"
import type { ReleaseContents } from "../../src/core/release/release.ts"
import { availableScorers, candidateGenerationBlend } from "../blend/choose-blend.ts"
import { joinLists, type RankingLists } from "../blend/ranking-lists.ts"
import { isWorthThread, type Window } from "../data/window.ts"
import type { Configuration } from "../search/configuration.ts"
import { startThread } from "../workers/thread.ts"
import { fitContents } from "./fit-release.ts"
import { type ListTerms, rankingListsOf, releaseOf } from "./window-lists.ts"
import { task as windowListsTask } from "./window-lists-task.ts"

/** Candidates of each scorer, and of a list at most. */
const size = { candidatesPerScorer: 60, maxCandidates: 200 }
/** Limits of a window and policy: queries, spread evenly, and features of full lists, four bytes each; training lists are mostly sampled. */
const bounds = {
  training: { maxQueries: 30_000, maxFullValues: 30e6 },
  validation: { maxQueries: 10_000, maxFullValues: 60e6 },
}
type WindowBounds = (typeof bounds)[keyof typeof bounds]
/** Megabytes for young objects of a thread that answers queries. */
const youngMb = 32

type ListsByPolicy = Record<Repeats, RankingLists>

/** The ranking lists of windows, each answered by a fit of its own past, and the blends that generated their candidates. */
export interface WindowRankingLists {
  blends: BlendWeights
  train: ListsByPolicy
  validation: ListsByPolicy
  /** Milliseconds that the fit of the latest window's past took. */
  fitMs: number
}

interface BuildOptions {
  threads: number
  seed: number
  /** Milliseconds since the epoch after which no further query is answered; may be Infinity. */
  until: number
  now: () => number
}

/** Builds the ranking lists of training and validation windows; the lists of each group are joined. */
export async function buildRankingLists(
  { training, validation }: { training: readonly Window[]; validation: readonly Window[] },
  configuration: Configuration,
  options: BuildOptions,
): Promise<WindowRankingLists> {
  const [earlier, later] = [training[0]!, validation[0]!]
  const first = await buildTwoWindows({ earlier, later }, configuration, options)
  const { seed, until, now } = options
  const terms = { blends: first.blends, seed, until, now }
  const othersOf = async (windows: readonly Window[], own: WindowBounds) => {
    const lists: ListsByPolicy[] = []
    for (const window of windows.slice(1))
      lists.push(await buildHere(window, null, configuration, { ...terms, ...own }))
    return lists
  }
  const train = [first.train, ...(await othersOf(training, bounds.training))]
  const validated = [first.validation, ...(await othersOf(validation, bounds.validation))]
  const join = (lists: readonly ListsByPolicy[]) => ({
    allowed: joinLists(lists.map(({ allowed }) => allowed)),
    excluded: joinLists(lists.map(({ excluded }) => excluded)),
  })
  return { ...first, train: join(train), validation: join(validated) }
}

/** Fits both windows' pasts and builds the lists of their queries; with two threads or more the windows do not wait for each other. */
async function buildTwoWindows(
  { earlier, later }: { earlier: Window; later: Window },
  configuration: Configuration,
  { threads, seed, until, now }: BuildOptions,
): Promise<WindowRankingLists> {
  const samePast = earlier.past === later.past
  const apart = threads > 1 && isWorthThread(earlier)
  const early =
    apart && !samePast ? startThread(windowListsTask, { window: earlier, configuration }, { youngMb }) : null
  let helper = early
  try {
    const begun = now()
    const contents = await fitContents(later.past, configuration, { threads: early ? threads - 1 : threads })
    const fitMs = now() - begun
    if (apart && samePast) helper = startThread(windowListsTask, { window: earlier, contents }, { youngMb })
    const release = releaseOf(later, contents)
    const blendOf = (repeats: Repeats) => candidateGenerationBlend(availableScorers(release, repeats), repeats, size)
    const blends = { allowed: blendOf("allowed"), excluded: blendOf("excluded") }
    const terms = { blends, seed, until }
    const elsewhere = helper?.run({ ...terms, ...bounds.training })
    const ownLists = async () => rankingListsOf(release, later, { ...terms, ...bounds.validation, now })
    const [validation, built] = await Promise.all([ownLists(), elsewhere])
    const fitted = samePast ? contents : null
    const train = built ?? (await buildHere(earlier, fitted, configuration, { ...terms, ...bounds.training, now }))
    return { blends, train, validation, fitMs }
  } finally {
    await helper?.stop()
  }
}

async function buildHere(
  window: Window,
  fitted: ReleaseContents | null,
  configuration: Configuration,
  terms: ListTerms,
): Promise<ListsByPolicy> {
  const contents = fitted ?? (await fitContents(window.past, configuration, { threads: 1 }))
  return rankingListsOf(releaseOf(window, contents), window, terms)
}
