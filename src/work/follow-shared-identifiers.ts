import type { Logger } from "pino"
import { identifierKey } from "../core/customer/identifier.ts"
import type { Store } from "../store/store.ts"
import { type Loop, repeat } from "./repeat.ts"

const pauseMs = 1000
const most = 10_000

export interface FollowedIdentifiers extends Loop {
  current(): ReadonlySet<string>
  refresh(): Promise<void>
}

/** Keeps the newest identifiers that many share in memory, at most about a second old. */
export async function followSharedIdentifiers({
  store,
  log,
}: {
  store: Pick<Store, "identifiers">
  log: Logger
}): Promise<FollowedIdentifiers> {
  const read = async () => new Set((await store.identifiers.shared(most)).map(identifierKey))
  let shared: ReadonlySet<string> = await read()
  const refresh = async () => {
    shared = await read()
  }
  const loop = repeat("follow-shared-identifiers", pauseMs, log, refresh)
  return { current: () => shared, refresh, stop: loop.stop }
}
