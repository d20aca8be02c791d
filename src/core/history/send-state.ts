import { ApiError } from "../problem/problem.ts"

/** Where a send is: planned, allowed, held for, on its way, arrived, and how it ended. */
export const sendStates = [
  "proposed",
  "approved",
  "reserved",
  "dispatched",
  "delivered",
  "kept",
  "returned",
  "gifted",
  "lost",
  "vetoed",
] as const
export type SendState = (typeof sendStates)[number]

/** Which states may follow; those that none follows are how a send ends. */
export const followers: Readonly<Record<SendState, readonly SendState[]>> = {
  proposed: ["approved", "vetoed"],
  approved: ["reserved", "vetoed"],
  reserved: ["dispatched", "vetoed"],
  dispatched: ["delivered", "kept", "returned", "gifted", "lost"],
  delivered: ["kept", "returned", "gifted", "lost"],
  kept: [],
  returned: [],
  gifted: [],
  lost: [],
  vetoed: [],
}

/** Left the shop and not yet known how it ended: what is at risk, and capped. */
export const openStates: readonly SendState[] = ["reserved", "dispatched", "delivered"]

/** How a send that left the shop may end; a suggestion that nobody takes up is lost. */
export const endings: readonly SendState[] = ["kept", "returned", "gifted", "lost"]

/** When a send entered each state it has been in, milliseconds since the epoch. */
export type SendTimes = Readonly<Partial<Record<SendState, number>>>

/**
 * Whether a send moves: `repeat` when it is or has been there, so that a retry is harmless. Throws `conflict` for what cannot follow;
 * a veto wins over everything before the dispatch.
 */
export function moveOf({ state, times }: { state: SendState; times: SendTimes }, to: SendState): "move" | "repeat" {
  if (to === state || times[to] !== undefined) return "repeat"
  if (followers[state].includes(to)) return "move"
  throw new ApiError("conflict", refusal(state, to))
}

function refusal(state: SendState, to: SendState): string {
  if (to === "vetoed")
    return `the send is ${state} already, and a veto comes too late; it can be returned free of charge`
  const possible = followers[state]
  const next = possible.length === 0 ? "that is how it ended" : `next it can be ${possible.join(", ")}`
  return `a send that is ${state} cannot become ${to}; ${next}`
}

/** What a word of keeping means: a gift is never kept for money, whatever is said of it and whoever says it. */
export const endingOf = (said: SendState, isGift: boolean): SendState => (said === "kept" && isGift ? "gifted" : said)
