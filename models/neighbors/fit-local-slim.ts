import type { Graph } from "../../src/core/preference/neighbors.ts"
import { checkMatrix } from "../data/check-matrix.ts"
import type { InteractionMatrix } from "../data/interaction-matrix.ts"
import { withThreads } from "../workers/thread.ts"
import { layOutRegressions, type Regressions } from "./local-regressions.ts"
import type { LocalSlimParameters } from "./slim-parameters.ts"
import { task as slimTask } from "./slim-task.ts"
import { solveRegressions } from "./solve-regressions.ts"

/**
 * Explains each item by its nearest ones: ridge regression of its column on theirs, without itself (SLIM, Ning and Karypis 2011,
 * in closed form as EASE, Steck 2019, but local). An edge leads from what explains to what is explained; negative weights are left
 * out. Throws a RangeError for a malformed matrix; does not depend on the number of threads.
 */
export async function fitLocalSlim(
  data: InteractionMatrix,
  parameters: LocalSlimParameters,
  { threads }: { threads: number },
): Promise<Graph> {
  checkMatrix(data)
  const work = layOutRegressions(data, parameters)
  const helpers = Math.min(threads, 1 + Math.floor((data.items * parameters.support ** 3) / startWork)) - 1
  await withThreads(slimTask, Array(helpers).fill(work), async (workers) => {
    const ownShare = async () => solveRegressions(work)
    await Promise.all([...workers.map((worker) => worker.run(null)), ownShare()])
  })
  return bySource(work)
}

/** Entries of factored matrices worth the tenth of a second that a thread takes to start. */
const startWork = 2e9

/** Turns sources by target into targets by source, of those with positive weight. */
function bySource({ items, support, sources, solution }: Regressions): Graph {
  const offsets = new Int32Array(items + 1)
  sources.forEach((source, place) => {
    if (solution[place]! > 0) offsets[source + 1]!++
  })
  for (let item = 0; item < items; item++) offsets[item + 1]! += offsets[item]!
  const next = offsets.slice(0, items)
  const targets = new Int32Array(offsets[items]!)
  const weights = new Float32Array(offsets[items]!)
  sources.forEach((source, place) => {
    if (!(solution[place]! > 0)) return
    const edge = next[source]!++
    targets[edge] = Math.floor(place / support)
    weights[edge] = solution[place]!
  })
  return { offsets, targets, weights }
}
