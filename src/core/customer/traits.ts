export type Traits = Readonly<Record<string, unknown>>

interface Bounds {
  traits: number
  /** Of one value, in characters of JSON. */
  jsonLength: number
}

const maxNameLength = 100
const bounds: Bounds = { traits: 100, jsonLength: 2000 }
/** Of what browsers say and nobody confirms. */
const claimBounds: Bounds = { traits: 50, jsonLength: 500 }

/** New traits over old ones; `null` removes one. What exceeds the bounds is left out: 100 traits of 2,000 characters of JSON. */
export const mergeTraits = (old: Traits, given: Traits): Traits => mergeWithin(bounds, old, given)

/** The same for traits that are claims: 50 of 500 characters of JSON. */
export const mergeClaimedTraits = (old: Traits, given: Traits): Traits => mergeWithin(claimBounds, old, given)

function mergeWithin({ traits, jsonLength }: Bounds, old: Traits, given: Traits): Traits {
  const merged = new Map(Object.entries(old))
  for (const [name, value] of Object.entries(given)) {
    if (value === null) merged.delete(name)
    else if (fits(name, value, jsonLength) && (merged.has(name) || merged.size < traits)) merged.set(name, value)
  }
  return Object.fromEntries(merged)
}

const fits = (name: string, value: unknown, jsonLength: number) =>
  name.length <= maxNameLength && (JSON.stringify(value)?.length ?? Number.POSITIVE_INFINITY) <= jsonLength
