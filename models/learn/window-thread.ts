import { parentPort, workerData } from "node:worker_threads"
import type { ReleaseContents } from "../../src/core/release/release.ts"
import type { Window } from "../data/window.ts"
import type { Configuration } from "../search/configuration.ts"
import { fitContents } from "./fit-release.ts"
import { type ListTerms, listsOf, releaseOf } from "./window-lists.ts"

/** What the thread is given: a window, and what was fitted on its past or how to fit it. */
export type WindowWork = { window: Window } & ({ contents: ReleaseContents } | { configuration: Configuration })

const work = workerData as WindowWork
const terms = new Promise<ListTerms>((resolve) => parentPort!.once("message", resolve))
const contents =
  "contents" in work ? work.contents : await fitContents(work.window.past, work.configuration, { threads: 1 })
const release = releaseOf(work.window, contents)
parentPort!.postMessage(listsOf(release, work.window, await terms))
