import type { BlendWeights } from "../../src/core/preference/blend.ts"
import type { Repeats } from "../../src/core/preference/scorers.ts"
import type { ReleaseContents } from "../../src/core/release/release.ts"
import { proposingBlend, speakingParts } from "../blend/choose-blend.ts"
import { joinLists, type RankingLists } from "../blend/ranking-lists.ts"
import { isWorthThread, type Window } from "../data/window.ts"
import type { Configuration } from "../search/configuration.ts"
import { answerOf, startThread } from "../workers/thread.ts"
import { fitContents } from "./fit-release.ts"
import { type ListTerms, listsOf, releaseOf } from "./window-lists.ts"
import type { WindowWork } from "./window-thread.ts"

/** Candidates that a part proposes, and that are ranked at most. */
const size = { candidatesPerScorer: 60, maxCandidates: 200 }
/** Of a window and policy at most: questions, spread evenly, and features of whole lists, four bytes each; what teaches is mostly thinned. */
const bounds = {
  teaching: { most: 30_000, mostWhole: 30e6 },
  judging: { most: 10_000, mostWhole: 60e6 },
}
type ListBounds = (typeof bounds)[keyof typeof bounds]
/** Megabytes for young objects of a thread that answers questions. */
const youngMb = 32

/** What was asked of each window's own fit, and the blends that proposed candidates. */
export interface AskedWindows {
  blends: BlendWeights
  taught: Record<Repeats, RankingLists>
  judged: Record<Repeats, RankingLists>
  /** Milliseconds that the fit of the latest window's past took. */
  fitMs: number
}

interface AskOptions {
  threads: number
  seed: number
  /** Milliseconds since the epoch after which no further question is asked; may be Infinity. */
  until: number
  now: () => number
}

/** The same of several windows: the lists of all that teach are one, and so are those of all that judge. */
export async function askManyWindows(
  { teaching, judging }: { teaching: readonly Window[]; judging: readonly Window[] },
  configuration: Configuration,
  options: AskOptions,
): Promise<AskedWindows> {
  const [earlier, later] = [teaching[0]!, judging[0]!]
  const first = await askWindows({ earlier, later }, configuration, options)
  const { seed, until, now } = options
  const terms = { blends: first.blends, seed, until, now }
  const others = async (windows: readonly Window[], bounds: ListBounds) => {
    const lists: Record<Repeats, RankingLists>[] = []
    for (const window of windows.slice(1))
      lists.push(await askHere(window, null, configuration, { ...terms, ...bounds }))
    return lists
  }
  const taught = [first.taught, ...(await others(teaching, bounds.teaching))]
  const judged = [first.judged, ...(await others(judging, bounds.judging))]
  const join = (lists: readonly Record<Repeats, RankingLists>[]) => ({
    allowed: joinLists(lists.map(({ allowed }) => allowed)),
    excluded: joinLists(lists.map(({ excluded }) => excluded)),
  })
  return { ...first, taught: join(taught), judged: join(judged) }
}

/** Fits the parts on both windows' pasts and makes lists of their questions; with two threads or more the windows do not wait for each other. */
async function askWindows(
  { earlier, later }: { earlier: Window; later: Window },
  configuration: Configuration,
  { threads, seed, until, now }: AskOptions,
): Promise<AskedWindows> {
  const samePast = earlier.past === later.past
  const apart = threads > 1 && isWorthThread(earlier)
  const early = apart && !samePast ? windowThread({ window: earlier, configuration }) : null
  let helper = early
  try {
    const begun = now()
    const contents = await fitContents(later.past, configuration, { threads: early ? threads - 1 : threads })
    const fitMs = now() - begun
    if (apart && samePast) helper = windowThread({ window: earlier, contents })
    const release = releaseOf(later, contents)
    const proposing = (repeats: Repeats) => proposingBlend(speakingParts(release, repeats), repeats, size)
    const blends = { allowed: proposing("allowed"), excluded: proposing("excluded") }
    const terms = { blends, seed, until }
    helper?.ask({ ...terms, ...bounds.teaching })
    const judged = listsOf(release, later, { ...terms, ...bounds.judging, now })
    const fitted = samePast ? contents : null
    const taught = await (helper?.answer ??
      askHere(earlier, fitted, configuration, { ...terms, ...bounds.teaching, now }))
    return { blends, taught, judged, fitMs }
  } finally {
    await helper?.stop()
  }
}

interface WindowThread {
  ask(terms: ListTerms): void
  answer: Promise<AskedWindows["taught"]>
  stop(): Promise<unknown>
}

function windowThread(work: WindowWork): WindowThread {
  const thread = startThread("learn/window-thread", work, youngMb)
  const answer = answerOf(thread, (lists) => lists as AskedWindows["taught"])
  /** Whoever waits for the answer hears of its failure; if nobody does any more, that is no failure of its own. */
  answer.catch(() => {})
  return { ask: (terms) => thread.postMessage(terms), answer, stop: () => thread.terminate() }
}

async function askHere(
  window: Window,
  fitted: ReleaseContents | null,
  configuration: Configuration,
  terms: ListTerms,
): Promise<AskedWindows["taught"]> {
  const contents = fitted ?? (await fitContents(window.past, configuration, { threads: 1 }))
  return listsOf(releaseOf(window, contents), window, terms)
}
