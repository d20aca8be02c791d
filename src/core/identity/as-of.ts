import type { Consents, HeldConsent } from "../customer/consent.ts"
import { mergeConsents } from "../customer/merge-consents.ts"
import { mergeClaimedTraits, mergeTraits, saidAt, type TimedTraits, type Traits } from "../customer/traits.ts"
import type { ConsentPurpose } from "../schema/channel.ts"
import type { TraitEvidence } from "./person-records.ts"

const nothingSaid: TimedTraits = { traits: {}, times: {} }

/** Returns the traits, and those claimed, that statements told by `asOfMs` (milliseconds since the epoch) make, in whatever order they come. */
export function traitsAsOf(told: readonly TraitEvidence[], asOfMs: number): { traits: Traits; claimedTraits: Traits } {
  const said = (isClaim: boolean) =>
    told
      .filter(({ claimed, toldAt }) => claimed === isClaim && toldAt <= asOfMs)
      .map(({ name, value, at, repeatedAt }) => saidAt({ [name]: value }, repeatedAt <= asOfMs ? repeatedAt : at))
  return {
    traits: said(false).reduce(mergeTraits, nothingSaid).traits,
    claimedTraits: said(true).reduce(mergeClaimedTraits, nothingSaid).traits,
  }
}

/** Returns the consents that statements make, in whatever order they come. */
export const consentsOf = (statements: readonly { purpose: ConsentPurpose; statement: HeldConsent }[]): Consents =>
  statements.reduce<Consents>((held, { purpose, statement }) => mergeConsents(held, { [purpose]: statement }), {})
