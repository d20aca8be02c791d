import { z } from "zod"
import { draw } from "../measure/draw.ts"

/**
 * Arms that customers are in for a quarter. `standard`: decided as usual. `holdout`: no selling. `propensityOnly`: increments are left
 * out of the values. `randomRelevant`: an offer drawn evenly among those that may be made.
 */
export const arms = ["standard", "holdout", "propensityOnly", "randomRelevant"] as const
export type Arm = (typeof arms)[number]

/** Share of customers in each arm but `standard`, 0 to 1; they sum to less than 1. */
export type ArmShares = Readonly<Record<Exclude<Arm, "standard">, number>>

/** A calendar quarter in UTC, for which customers keep their arm. */
export interface Quarter {
  /** Such as `2026-Q4`; the salt of the assignment. */
  name: string
  /** Milliseconds since the epoch. */
  from: number
  until: number
}

/** Returns the quarter that a moment lies in. */
export function quarterOf(nowMs: number): Quarter {
  const date = new Date(nowMs)
  const quarter = Math.floor(date.getUTCMonth() / 3)
  const startOf = (n: number) => Date.UTC(date.getUTCFullYear(), 3 * n, 1)
  return { name: `${date.getUTCFullYear()}-Q${quarter + 1}`, from: startOf(quarter), until: startOf(quarter + 1) }
}

const standardShareOf = ({ holdout, propensityOnly, randomRelevant }: ArmShares): number =>
  1 - holdout - propensityOnly - randomRelevant

/** Returns the arm whose share of [0, 1) contains `uniform`, in the order of `arms` behind `standard`. */
export function armAt(uniform: number, shares: ArmShares): Arm {
  const [standard, ...others] = arms
  return others[draw([...others.map((arm) => shares[arm]), standardShareOf(shares)], uniform)] ?? standard
}

export const assignedArmSchema = z
  .strictObject({
    name: z.enum(arms),
    quarter: z.string().meta({ description: "Quarter that the arm is kept for, such as `2026-Q4`." }),
    holdoutShare: z.number().meta({ description: "Share of customers in the universal holdout." }),
    standardShare: z.number().meta({ description: "Share of customers in the arm `standard`." }),
  })
  .meta({ id: "AssignedArm", description: "Arm of the customer, with the chances that it was drawn by." })

/** An arm with the chances that it was drawn by. */
export type AssignedArm = z.infer<typeof assignedArmSchema>

/** Returns the arm of a customer in a quarter; `uniform` is theirs for it. */
export const assignArm = (uniform: number, shares: ArmShares, { name: quarter }: Quarter): AssignedArm => ({
  name: armAt(uniform, shares),
  quarter,
  holdoutShare: shares.holdout,
  standardShare: standardShareOf(shares),
})

/**
 * Returns the probabilities of a draw in an arm, given those of `standard`; option 0 is `nothing`. In `randomRelevant` each offer is as
 * likely as another, as far as its largest probability allows.
 */
export function armProbabilities(
  standard: readonly number[],
  maxProbabilities: readonly number[],
  arm: Arm,
): readonly number[] {
  if (standard.length < 2) return standard
  if (arm === "holdout") return standard.map((_, option) => (option === 0 ? 1 : 0))
  if (arm !== "randomRelevant") return standard
  const even = 1 / (standard.length - 1)
  const offers = maxProbabilities.slice(1).map((most) => Math.min(even, most))
  return [Math.max(0, 1 - offers.reduce((sum, probability) => sum + probability, 0)), ...offers]
}
