import { uniformOf } from "../measure/draw.ts"

/** Returns whether a plan never sends to a customer, so that its increment can be measured; drawn from both ids, always the same. */
export const isInHoldout = (planId: string, customerId: string, share: number): boolean =>
  uniformOf(`withheld/${planId}/${customerId}`) < share
