/** States of a send, from proposal to end. */
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

/** States that may follow each state; a final state has none. */
export const nextStates: Readonly<Record<SendState, readonly SendState[]>> = {
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

/** States of a send that is in flight: reserved or sent, its end not known. */
export const openStates: readonly SendState[] = ["reserved", "dispatched", "delivered"]

/** Final states of a send that left the shop; a suggestion that nobody takes up is lost. */
export const finalStates: readonly SendState[] = ["kept", "returned", "gifted", "lost"]

/** Times at which a send entered its states, milliseconds since the epoch. */
export type SendTimes = Readonly<Partial<Record<SendState, number>>>

/** Result of a requested transition: `repeat` where the send is or was in that state, so that a retry is harmless. */
export type Transition = "apply" | "repeat" | { refused: string }

/** Returns whether a send's own state lets it enter another; a veto wins over everything before the dispatch. */
export function transition({ state, times }: { state: SendState; times: SendTimes }, to: SendState): Transition {
  if (to === state || times[to] !== undefined) return "repeat"
  return nextStates[state].includes(to) ? "apply" : { refused: refusal(state, to) }
}

function refusal(state: SendState, to: SendState): string {
  if (to === "vetoed") return `a send that is ${state} can no longer be vetoed; it can be returned free of charge`
  const possible = nextStates[state]
  const next = possible.length === 0 ? "that state is final" : `it can become ${possible.join(", ")}`
  return `a send that is ${state} cannot become ${to}; ${next}`
}

/** Returns the final state that a report means: a gift that is kept is `gifted`, since nobody pays for it. */
export const finalStateOf = (reported: SendState, isGift: boolean): SendState =>
  reported === "kept" && isGift ? "gifted" : reported
