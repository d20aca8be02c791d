import { type Channel, consentPurposes } from "../schema/channel.ts"
import type { Consents, HeldConsent } from "./consent.ts"

/**
 * Both words on one purpose, in whatever order they come: the later one on all of it, and per channel the later withdrawal. At the
 * same moment the stricter holds: a refusal, then the grant of less.
 */
export function mergeConsent(a: HeldConsent | undefined, b: HeldConsent | undefined): HeldConsent | undefined {
  if (a === undefined || b === undefined) return a ?? b
  const { withdrawn: _, ...whole } = isLater(a, b) ? a : b
  const withdrawn = laterWithdrawals(whole, a.withdrawn ?? {}, b.withdrawn ?? {})
  return withdrawn === undefined ? whole : { ...whole, withdrawn }
}

/** Merges the consents of two customers who turn out to be one. */
export function mergeConsents(a: Consents, b: Consents): Consents {
  const merged = consentPurposes.map((purpose) => [purpose, mergeConsent(a[purpose], b[purpose])] as const)
  return Object.fromEntries(merged.filter(([, consent]) => consent !== undefined))
}

function isLater(a: HeldConsent, b: HeldConsent): boolean {
  const difference = Date.parse(a.at) - Date.parse(b.at)
  if (difference !== 0) return difference > 0
  const [first, second] = [strictness(a), strictness(b)]
  const n = first.findIndex((value, index) => value !== second[index])
  return n === -1 || first[n]! < second[n]!
}

/** Less is stricter; the words themselves decide last, so that the order in which they come never does. */
const strictness = ({ granted, at, source, channels, categories, priceCeiling, proof }: HeldConsent) => [
  Number(granted),
  channels?.length ?? Number.POSITIVE_INFINITY,
  categories?.length ?? Number.POSITIVE_INFINITY,
  priceCeiling?.amount ?? Number.POSITIVE_INFINITY,
  JSON.stringify([channels?.toSorted(), categories?.toSorted(), priceCeiling?.currency, source, at, proof]),
]

type Word = Pick<HeldConsent, "at" | "source">
type Withdrawals = NonNullable<HeldConsent["withdrawn"]>

/** Those that the word on all of it does not outdo: a grant outdoes earlier ones, a refusal also those of its own moment. */
function laterWithdrawals({ granted, at }: HeldConsent, a: Withdrawals, b: Withdrawals): Withdrawals | undefined {
  const wordMs = Date.parse(at)
  const kept = Object.entries({ ...a, ...b }).flatMap(([key]) => {
    const channel = key as Channel
    const [one, other] = [a[channel], b[channel]]
    const later = one === undefined || (other !== undefined && isEarlier(one, other)) ? other! : one
    const laterMs = Date.parse(later.at)
    const stands = granted ? laterMs >= wordMs : laterMs > wordMs
    return stands ? [[channel, later] as const] : []
  })
  return kept.length === 0 ? undefined : Object.fromEntries(kept.sort(([x], [y]) => (x < y ? -1 : 1)))
}

function isEarlier(one: Word, other: Word): boolean {
  const difference = Date.parse(one.at) - Date.parse(other.at)
  return difference === 0 ? `${one.source} ${one.at}` > `${other.source} ${other.at}` : difference < 0
}
