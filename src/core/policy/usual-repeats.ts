import type { Policy } from "./policy.ts"

/** Returns whether lists of a placement repeat what the customer already has, where a question does not say. */
export const usualRepeats = ({ recipe, repeats }: Pick<Policy, "recipe" | "repeats">): "allowed" | "excluded" => {
  if (recipe === null) return repeats
  return recipe === "discover" ? "excluded" : "allowed"
}
