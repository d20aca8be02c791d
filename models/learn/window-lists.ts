import { type Repeats, repeatPolicies } from "../../src/core/preference/scorers.ts"
import { decodeRelease } from "../../src/core/release/decode-release.ts"
import type { Release, ReleaseContents } from "../../src/core/release/release.ts"
import { type RankingLists, rankingLists } from "../blend/ranking-lists.ts"
import { shuffledEvenly, spread, type Window } from "../data/window.ts"

/** Features that sampled lists of a window and policy hold at most; four bytes each. */
const maxSampledValues = 60e6

export interface ListTerms {
  /** Candidate generation by repeat policy. */
  blends: Release["blend"]
  /** Queries of a policy at most, spread evenly. */
  maxQueries: number
  /** Features of full lists of a policy at most. */
  maxFullValues: number
  seed: number
  /** Milliseconds since the epoch after which no further query is answered; may be Infinity. */
  until: number
  /** Reads the time; by default the system's. */
  now?: () => number
}

/** Decodes the release that was fitted on a window's past. */
export const releaseOf = ({ past }: Window, contents: ReleaseContents): Release =>
  decodeRelease({ id: "window", createdAt: 0, trainedUntil: past.untilMs }, contents)

/** Builds the lists of a window's queries, by repeat policy, from a release fitted on its past; the first policy has half of the time. */
export function rankingListsOf(
  release: Release,
  window: Window,
  { blends, maxQueries, maxFullValues, seed, until, now = Date.now }: ListTerms,
): Record<Repeats, RankingLists> {
  const blended = { ...release, blend: blends }
  const begun = now()
  const lists = repeatPolicies.map((repeats, n) => {
    const queries = window.queries.filter((query) => query.repeats === repeats)
    const end = n === 0 && until < Infinity ? (begun + until) / 2 : until
    const hasTime = () => end === Infinity || now() < end
    const bounds = { maxFullValues, maxSampledValues, hasTime, seed }
    return rankingLists(blended, window, shuffledEvenly(spread(queries, maxQueries)), bounds)
  })
  return { allowed: lists[0]!, excluded: lists[1]! }
}
