import { type Consents, effectiveConsent, type HeldConsent } from "./consent.ts"

/** All that a customer agreed to or refused, as people and rules are to see it. */
export const shownConsents = (consents: Consents): Consents =>
  Object.fromEntries(
    Object.entries(consents).map(([purpose, held]): [string, HeldConsent] => [purpose, effectiveConsent(held)]),
  )
