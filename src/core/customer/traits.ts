export type Traits = Readonly<Record<string, unknown>>

/** Time when each trait was said, milliseconds since the epoch; those that have a time and no value were removed then. */
export type TraitTimes = Readonly<Record<string, number>>

export interface TimedTraits {
  traits: Traits
  times: TraitTimes
}

interface Bounds {
  /** Names, of removed traits too. */
  names: number
  /** Of one value, in characters of JSON. */
  jsonLength: number
}

const maxNameLength = 100
const bounds: Bounds = { names: 100, jsonLength: 2000 }
/** Of what browsers say and nobody confirms. */
const claimBounds: Bounds = { names: 50, jsonLength: 500 }

/**
 * Both in one, in whatever order they come: of each trait what was said later, and at the same moment the removal. What exceeds the
 * bounds is left out: the 100 names said last are kept, with values of up to 2,000 characters of JSON and lists of up to 100.
 */
export const mergeTraits = (a: TimedTraits, b: TimedTraits): TimedTraits => mergeWithin(bounds, a, b)

/** The same for traits that are claims: 50 names, 500 characters of JSON. */
export const mergeClaimedTraits = (a: TimedTraits, b: TimedTraits): TimedTraits => mergeWithin(claimBounds, a, b)

/** Traits as they are said at a moment; `null` removes one. */
export const saidAt = (said: Traits, atMs: number): TimedTraits => ({
  traits: Object.fromEntries(Object.entries(said).filter(([, value]) => value !== null)),
  times: Object.fromEntries(Object.keys(said).map((name) => [name, atMs])),
})

interface Statement {
  name: string
  atMs: number
  /** `undefined` where it was removed. */
  value: unknown
}

function mergeWithin({ names, jsonLength }: Bounds, a: TimedTraits, b: TimedTraits): TimedTraits {
  const latest = new Map<string, Statement>()
  for (const statement of [...statementsOf(a), ...statementsOf(b)]) {
    if (!fits(statement, jsonLength)) continue
    const standing = latest.get(statement.name)
    if (standing === undefined || isLater(statement, standing)) latest.set(statement.name, statement)
  }
  const kept = [...latest.values()].sort(byTime).slice(0, names)
  return {
    traits: Object.fromEntries(kept.flatMap(({ name, value }) => (value === undefined ? [] : [[name, value]]))),
    times: Object.fromEntries(kept.map(({ name, atMs }) => [name, atMs])),
  }
}

const statementsOf = ({ traits, times }: TimedTraits): Statement[] =>
  [...new Set([...Object.keys(traits), ...Object.keys(times)])].map((name) => ({
    name,
    atMs: Object.hasOwn(times, name) ? times[name]! : 0,
    value: Object.hasOwn(traits, name) ? traits[name] : undefined,
  }))

function isLater(a: Statement, b: Statement): boolean {
  if (a.atMs !== b.atMs) return a.atMs > b.atMs
  if (a.value === undefined || b.value === undefined) return b.value !== undefined
  return inOneOrder(a.value) > inOneOrder(b.value)
}

/** Newest first, then by name: by nothing that another word of the same moment could change, else the order would count. */
const byTime = (a: Statement, b: Statement): number => b.atMs - a.atMs || (a.name < b.name ? -1 : 1)

const fits = ({ name, value }: Statement, jsonLength: number) =>
  name.length <= maxNameLength &&
  (value === undefined || (!isLong(value) && JSON.stringify(value).length <= jsonLength))

const maxEntries = 100

/** Rules go over lists and maps entry by entry. */
function isLong(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false
  const entries = Object.values(value)
  return entries.length > maxEntries || entries.some(isLong)
}

/** Returns the same JSON text for the same value, whatever the order of its keys. */
export const inOneOrder = (value: unknown): string =>
  JSON.stringify(value, (_, part: unknown) =>
    typeof part === "object" && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  )
