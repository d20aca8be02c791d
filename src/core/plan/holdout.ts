import { uniformOf } from "../decision/draw.ts"

/** Whether a plan leaves a customer alone so that its worth can be measured: drawn by plan and customer, the same whenever it is asked. */
export const isWithheld = (planId: string, customerId: string, share: number): boolean =>
  uniformOf(`withheld/${planId}/${customerId}`) < share
