/** Stages of the customer journey, set by the customer's last events. */
export const stages = ["discover", "evaluate", "buy", "access", "use", "support"] as const
export type Stage = (typeof stages)[number]
