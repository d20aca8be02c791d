import { mergeConsents } from "../../core/customer/merge-consents.ts"
import { mergeClaimedTraits, mergeTraits, type TimedTraits } from "../../core/customer/traits.ts"
import { mergeHistories } from "../../core/history/merge-histories.ts"
import { newProfile, type Profile } from "./profiles.ts"

export type TraitFields = Pick<Profile, "traits" | "traitTimes" | "claimedTraits" | "claimedTraitTimes">

export const traitsOf = ({ traits, traitTimes }: TraitFields): TimedTraits => ({ traits, times: traitTimes })

export const claimedTraitsOf = ({ claimedTraits, claimedTraitTimes }: TraitFields): TimedTraits => ({
  traits: claimedTraits,
  times: claimedTraitTimes,
})

export const traitFields = (traits: TimedTraits, claimed: TimedTraits): TraitFields => ({
  traits: traits.traits,
  traitTimes: traits.times,
  claimedTraits: claimed.traits,
  claimedTraitTimes: claimed.times,
})

/** Returns the profile of a customer who turns out to be another one too, without its vector. */
export const mergeProfiles = (kept: Profile, gone: Profile): Profile => ({
  ...kept,
  history: mergeHistories(kept.history, gone.history),
  ...traitFields(
    mergeTraits(traitsOf(kept), traitsOf(gone)),
    mergeClaimedTraits(claimedTraitsOf(kept), claimedTraitsOf(gone)),
  ),
  consents: mergeConsents(kept.consents, gone.consents),
})

/** Returns what is left of a profile once it was merged into another: a forwarding row. */
export const forwarding = ({ customerId, createdAt }: Profile, into: string): Profile => ({
  ...newProfile(customerId, createdAt),
  mergedInto: into,
})
