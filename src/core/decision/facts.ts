import type { Policy } from "../policy/policy.ts"
import type { Facts } from "../propensity/decision-features.ts"
import type { Situation } from "./candidate.ts"

/** What is known beside the history, for models and the log: placement, locale, what the caller says (`context.…`) and the traits the policy names (`trait.…`). */
export function factsOf(
  { placement, locale, context = {}, traits = {} }: Situation,
  policy: Pick<Policy, "traits">,
): Facts {
  const facts: Record<string, string | number | boolean> = { placement }
  if (locale !== undefined) facts.locale = locale
  for (const [name, value] of Object.entries(context)) facts[`context.${name}`] = value
  for (const name of policy.traits) {
    const value = Object.hasOwn(traits, name) ? traits[name] : undefined
    if (typeof value === "number" || typeof value === "boolean") facts[`trait.${name}`] = value
    if (typeof value === "string" && value.length <= 100) facts[`trait.${name}`] = value
  }
  return facts
}
