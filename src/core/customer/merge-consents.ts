import { type Consent, type Consents, consentPurposes } from "./consent.ts"

/** The later word holds; of two at the same moment the refusal, and of two grants the first. */
export function laterConsent(a: Consent | undefined, b: Consent | undefined): Consent | undefined {
  if (a === undefined || b === undefined) return a ?? b
  const difference = Date.parse(a.at) - Date.parse(b.at)
  if (difference !== 0) return difference > 0 ? a : b
  return a.granted && !b.granted ? b : a
}

/** What two customers who turn out to be one have agreed to. */
export function mergeConsents(a: Consents, b: Consents): Consents {
  const merged = consentPurposes.map((purpose) => [purpose, laterConsent(a[purpose], b[purpose])] as const)
  return Object.fromEntries(merged.filter(([, consent]) => consent !== undefined))
}
