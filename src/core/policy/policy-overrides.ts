import { defaultPolicy, type PolicyDraft } from "./policy.ts"

/** Returns the safeguards that a policy loosens, as paths with their values. */
export function policyOverrides({ possession }: Pick<PolicyDraft, "possession">): string[] {
  const usual = defaultPolicy.possession
  return [
    ...(["returned", "onItsWay"] as const).filter((key) => possession[key] === "allow"),
    ...(["minNeededAgain", "minSilence"] as const).filter((key) => possession[key] < usual[key]),
  ].map((key) => `possession.${key}: ${possession[key]}`)
}
