import type { Repeats } from "../../src/core/preference/scorers.ts"
import type { ReleaseContents } from "../../src/core/release/release.ts"
import type { RankingLists } from "../blend/ranking-lists.ts"
import type { Window } from "../data/window.ts"
import type { Configuration } from "../search/configuration.ts"
import type { ThreadTask } from "../workers/thread-task.ts"
import { fitContents } from "./fit-release.ts"
import { type ListTerms, rankingListsOf, releaseOf } from "./window-lists.ts"

/** A window, and what was fitted on its past or how to fit it. */
type WindowStart = { window: Window } & ({ contents: ReleaseContents } | { configuration: Configuration })

/** Fits a window's past, where that is to be done, and builds the lists of its queries. */
export const task: ThreadTask<WindowStart, ListTerms, Record<Repeats, RankingLists>> = {
  module: import.meta.url,
  async setUp(start) {
    const { window } = start
    const contents =
      "contents" in start ? start.contents : await fitContents(window.past, start.configuration, { threads: 1 })
    const release = releaseOf(window, contents)
    return (terms) => rankingListsOf(release, window, terms)
  },
}
