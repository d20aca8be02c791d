export type Traits = Readonly<Record<string, unknown>>

const maxTraits = 100
const maxNameLength = 100
const maxJsonLength = 2000

/** New traits over old ones; `null` removes one. What exceeds the bounds is left out: 100 traits of 2,000 characters of JSON. */
export function mergeTraits(old: Traits, given: Traits): Traits {
  const merged = new Map(Object.entries(old))
  for (const [name, value] of Object.entries(given)) {
    if (value === null) merged.delete(name)
    else if (fits(name, value) && (merged.has(name) || merged.size < maxTraits)) merged.set(name, value)
  }
  return Object.fromEntries(merged)
}

const fits = (name: string, value: unknown) =>
  name.length <= maxNameLength && (JSON.stringify(value)?.length ?? Number.POSITIVE_INFINITY) <= maxJsonLength
