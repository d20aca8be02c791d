import { identifierKey } from "../core/customer/identifier.ts"
import type { Store } from "../store/store.ts"
import { type Follower, follow, type Pace } from "./follow.ts"
import type { LoopTools } from "./repeat.ts"

const most = 10_000

export interface FollowedIdentifiers extends Follower {
  current(): ReadonlySet<string>
}

interface Tools extends LoopTools {
  store: Pick<Store, "identifiers">
}

/** Keeps the newest identifiers that many share in memory, at most about a second old. */
export async function followSharedIdentifiers(
  tools: Tools,
  { pauseMs = 1000 }: Pace = {},
): Promise<FollowedIdentifiers> {
  let shared: ReadonlySet<string>
  const follower = await follow(tools, { name: "follow-shared-identifiers", pauseMs }, async () => {
    shared = new Set((await tools.store.identifiers.shared(most)).map(identifierKey))
  })
  return { ...follower, current: () => shared }
}
