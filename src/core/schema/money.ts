import { z } from "zod"

/** Sums and products of amounts up to this stay numbers, and no shop has larger ones. */
export const greatestAmount = 1e9

/** Money that may be lost too, such as a margin. */
export const moneySchema = z.number().min(-greatestAmount).max(greatestAmount)
/** Money that is never negative, such as a price or a cost. */
export const amountSchema = z.number().min(0).max(greatestAmount)
/** An amount that may be spent. */
export const spendingSchema = z.number().positive().max(greatestAmount)

/** An amount as it is reckoned with: one stored before there were bounds counts as the nearest within them. */
export const boundedMoney = (amount: number): number => Math.min(greatestAmount, Math.max(-greatestAmount, amount))

/** JSON whose numbers are all within the bounds of money. */
export function withBoundedNumbers(json: unknown): unknown {
  if (typeof json === "number") return boundedMoney(json)
  if (Array.isArray(json)) return json.map(withBoundedNumbers)
  if (typeof json !== "object" || json === null) return json
  return Object.fromEntries(Object.entries(json).map(([name, value]) => [name, withBoundedNumbers(value)]))
}
