/** From the gentlest to the boldest: say it, put it in the basket, announce it with a veto, send it. */
export const autonomyLevels = ["suggest", "basket", "announce", "parcel"] as const
export type AutonomyLevel = (typeof autonomyLevels)[number]
