/** From the gentlest to the boldest: say it, put it in the basket, announce it with a veto, send it. */
export const rungs = ["suggest", "basket", "announce", "parcel"] as const
export type Rung = (typeof rungs)[number]
