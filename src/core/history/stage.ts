/** Where in the journey a customer is, judged by what they last did. */
export const stages = ["discover", "evaluate", "buy", "access", "use", "support"] as const
export type Stage = (typeof stages)[number]
