export interface RateSearchOptions {
  /** First rate to try, requests a second. */
  firstRate: number
  leastRate: number
  mostRate: number
  /** Largest ratio of the lowest rate that broke to the highest that held: 1.06 is 6 %. */
  precision: number
  /** Most rates that are tried. */
  maxProbes: number
}

export interface RateSearch {
  /** The rate to try next; `null` when the search is over. */
  next: number | null
  /** The highest rate that held; `null` if none did. */
  held: number | null
  /** The lowest rate that broke; `null` if none did. */
  broke: number | null
  probes: number
}

const growth = 1.5

export const startRateSearch = ({ firstRate, leastRate, mostRate }: RateSearchOptions): RateSearch => ({
  next: Math.round(Math.min(mostRate, Math.max(leastRate, firstRate))),
  held: null,
  broke: null,
  probes: 0,
})

/** Returns the search after its next rate held or broke: up or down by a fixed factor until both are known, then by halves. */
export function continueRateSearch(search: RateSearch, holds: boolean, options: RateSearchOptions): RateSearch {
  const { next } = search
  if (next === null) return search
  const held = holds ? Math.max(search.held ?? 0, next) : search.held
  const broke = holds ? search.broke : Math.min(search.broke ?? Number.POSITIVE_INFINITY, next)
  const probes = search.probes + 1
  return { held, broke, probes, next: probes >= options.maxProbes ? null : rateAfter(held, broke, options) }
}

function rateAfter(
  held: number | null,
  broke: number | null,
  { leastRate, mostRate, precision }: RateSearchOptions,
): number | null {
  if (broke === null) return held === mostRate ? null : Math.min(mostRate, Math.round(held! * growth))
  if (held === null) return broke <= leastRate ? null : Math.max(leastRate, Math.round(broke / growth))
  return broke / held <= precision ? null : Math.round(Math.sqrt(held * broke))
}

/** Returns what a search that is over or was ended did not find, in words; `null` when it found its limit. */
export function describeUnfound({ held, broke, probes }: RateSearch, { precision }: RateSearchOptions): string | null {
  if (probes === 0) return "no rate was tried"
  if (held === null) return `no rate held, down to ${broke}/s`
  if (broke === null) return `every rate held, up to ${held}/s`
  return broke / held <= precision ? null : `the limit lies between ${held} and ${broke}/s`
}
