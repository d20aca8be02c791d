import type { StoredExperiment } from "../store/experiments/experiments.ts"
import type { Store } from "../store/store.ts"
import { type Follower, follow, type Pace } from "./follow.ts"
import type { LoopTools } from "./repeat.ts"

export interface FollowedExperiments extends Follower {
  at(placement: string): StoredExperiment | undefined
}

interface Tools extends LoopTools {
  store: Pick<Store, "experiments">
}

/** Keeps the experiments that run on placements in memory, at most about a second old. */
export async function followExperiments(tools: Tools, { pauseMs = 1000 }: Pace = {}): Promise<FollowedExperiments> {
  let running: ReadonlyMap<string, StoredExperiment>
  const follower = await follow(tools, { name: "follow-experiments", pauseMs }, async () => {
    const found = await tools.store.experiments.running()
    running = new Map(found.map((experiment) => [experiment.design.placement!, experiment]))
  })
  return { ...follower, at: (placement) => running.get(placement) }
}
