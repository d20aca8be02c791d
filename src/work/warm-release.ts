import { setImmediate } from "node:timers/promises"
import type { Catalogue } from "../core/catalogue/catalogue.ts"
import { emptyHistory } from "../core/history/history.ts"
import { recommend } from "../core/preference/recommend.ts"
import { rankerOf, workspaceOf } from "../core/preference/score-items.ts"
import type { Release } from "../core/release/release.ts"

/** Makes what a release keeps between questions, in turns of a few milliseconds, so that no customer's question has to. */
export async function warmRelease(release: Release, catalogue: Catalogue): Promise<void> {
  workspaceOf(release)
  for (const repeats of ["excluded", "allowed"] as const) {
    await setImmediate()
    rankerOf(release, repeats)
    await setImmediate()
    recommend({ history: emptyHistory, vector: null, nowMs: 0, limit: 1, repeats, explain: false }, release, catalogue)
  }
}
