import type { Policy } from "../policy/policy.ts"
import type { ContextAttributes } from "../propensity/decision-features.ts"
import type { DecisionContext } from "./candidate.ts"

/** Returns the attributes that models and the log read beside the history: placement, locale, those of the caller (`context.…`) and the policy's traits (`trait.…`). */
export function contextAttributes(
  { placement, locale, attributes: sent = {}, traits = {} }: DecisionContext,
  policy: Pick<Policy, "traits">,
): ContextAttributes {
  const attributes: Record<string, string | number | boolean> = { placement }
  if (locale !== undefined) attributes.locale = locale
  for (const [name, value] of Object.entries(sent)) attributes[`context.${name}`] = value
  for (const name of policy.traits) {
    const value = Object.hasOwn(traits, name) ? traits[name] : undefined
    if (typeof value === "number" || typeof value === "boolean") attributes[`trait.${name}`] = value
    if (typeof value === "string" && value.length <= 100) attributes[`trait.${name}`] = value
  }
  return attributes
}
