import { noInterest } from "../core/catalogue/catalogue.ts"
import { itemInterest } from "../core/history/item-interest.ts"
import type { Store } from "../store/store.ts"
import { type Follower, followLater, type Pace } from "./follow.ts"
import type { LoopTools } from "./repeat.ts"

export interface FollowedInterest extends Follower {
  current(): ReadonlyMap<string, number>
}

interface Tools extends LoopTools {
  store: Pick<Store, "events" | "releases">
}

const isSame = (a: ReadonlyMap<string, number>, b: ReadonlyMap<string, number>) =>
  a.size === b.size && [...a].every(([itemId, share]) => b.get(itemId) === share)

/** Counts what customers view and buy while there is no release, so that answers are popular items until then. */
export function followInterest({ store, ...tools }: Tools, { pauseMs = 10_000 }: Pace = {}): FollowedInterest {
  let interest = noInterest
  const follower = followLater(tools, { name: "follow-interest", pauseMs }, async () => {
    const isTrained = (await store.releases.liveId()) !== null
    const counted = isTrained ? noInterest : itemInterest(await store.events.countItems())
    if (!isSame(counted, interest)) interest = counted
  })
  return { ...follower, current: () => interest }
}
