import { type Repeats, repeatPolicies } from "../../src/core/preference/scorers.ts"
import { decodeRelease } from "../../src/core/release/decode-release.ts"
import type { Release, ReleaseContents } from "../../src/core/release/release.ts"
import { type RankingLists, rankingLists } from "../blend/ranking-lists.ts"
import { shuffledEvenly, spread, type Window } from "../data/window.ts"

/** Features that thinned lists of a window and policy hold at most; four bytes each. */
const mostThinned = 60e6

export interface ListTerms {
  /** Which parts propose how many candidates, by repeat policy. */
  blends: Release["blend"]
  /** Questions of a policy at most, spread evenly. */
  most: number
  /** Features of whole lists of a policy at most. */
  mostWhole: number
  seed: number
  /** Milliseconds since the epoch after which no further question is asked; may be Infinity. */
  until: number
  /** Reads the time; by default the system's. */
  now?: () => number
}

/** A window's release, from what was fitted on its past. */
export const releaseOf = ({ past }: Window, contents: ReleaseContents): Release =>
  decodeRelease({ id: "window", createdAt: 0, trainedUntil: past.untilMs }, contents)

/** The lists of a window's questions, by repeat policy, asked of a release fitted on its past; those of both policies have half of the time each. */
export function listsOf(
  release: Release,
  window: Window,
  { blends, most, mostWhole, seed, until, now = Date.now }: ListTerms,
): Record<Repeats, RankingLists> {
  const asked = { ...release, blend: blends }
  const begun = now()
  const lists = repeatPolicies.map((repeats, n) => {
    const questions = window.questions.filter((question) => question.repeats === repeats)
    const end = n === 0 && until < Infinity ? (begun + until) / 2 : until
    const hasTime = () => end === Infinity || now() < end
    const bounds = { mostWhole, mostThinned, hasTime, seed }
    return rankingLists(asked, window, shuffledEvenly(spread(questions, most)), bounds)
  })
  return { allowed: lists[0]!, excluded: lists[1]! }
}
