import type { ComparisonPlan } from "./comparison-plan.ts"
import { soundOf } from "./fold-text.ts"
import type { Pools } from "./pools.ts"
import { nothing, type PreparedRecord } from "./prepared-record.ts"

/** Ways in which two records of one person may be found; records that share a key of a family are compared. */
export const keyFamilies = [
  "value",
  "mailbox",
  "date",
  "namePair",
  "nameYear",
  "nameDay",
  "namePostcode",
  "nameTown",
  "postcodeYear",
  "postcodeDay",
  "townYear",
  "townDay",
  "address",
  "addressName",
  "token",
  "tokenYear",
  "soundPair",
  "soundYear",
  "soundDay",
  "soundTown",
  "ends",
  "text",
  "textPair",
] as const
type KeyFamily = (typeof keyFamilies)[number]

/** Adds a key of a family. */
export type AddKey = (family: number, key: string) => void

const family = Object.fromEntries(keyFamilies.map((name, n) => [name, n])) as Record<KeyFamily, number>

/** Returns a function that tells the keys of a record, each with the index of its family in `keyFamilies`. */
export function blockKeysOf(plan: ComparisonPlan, pools: Pools): (record: PreparedRecord, add: AddKey) => void {
  const { comparisons } = plan
  const nameAt = comparisons.findIndex(({ kind }) => kind === "name")
  const emailAt = comparisons.findIndex(({ kind }) => kind === "email")
  const dateAt = comparisons.flatMap(({ kind }, n) => (kind === "date" ? [n] : []))
  const valuesAt = comparisons.flatMap(({ kind }, n) => (kind === "phone" || kind === "identifier" ? [n] : []))
  const textAt = comparisons.flatMap(({ kind }, n) => (kind === "text" ? [n] : []))
  return (record, add) => {
    const names = nameAt < 0 ? [] : textsOf(record.values[nameAt]!, nameAt, pools).filter((name) => name.length > 1)
    const sounds = [...new Set(names.map(soundOf))]
    const dates = dateAt.flatMap((n) => record.values[n]!.map((date) => `${n}:${date}`))
    const dateOf = (place: (date: number) => number) =>
      dateAt.flatMap((n) => record.values[n]!.map(place).flatMap((part) => (part === 0 ? [] : [`${n}:${part}`])))
    const years = dateOf((date) => Math.floor(date / 10_000))
    const days = dateOf((date) => date % 10_000)
    const postcode = record.postcode === nothing ? [] : [pools.postcode.texts[record.postcode]!]
    const town = record.town.map((token) => soundOf(pools.town.texts[token]!)).slice(0, 2)
    const address = record.address.map((token) => pools.address.texts[token]!)
    const cross = (of: KeyFamily, a: readonly string[], b: readonly string[]) => {
      for (const one of a) for (const other of b) add(family[of], `${one}|${other}`)
    }
    const pairs = (of: KeyFamily, parts: readonly string[]) => {
      const sorted = [...parts].sort()
      for (let i = 0; i < sorted.length; i++) {
        for (let j = i + 1; j < sorted.length; j++) add(family[of], `${sorted[i]}|${sorted[j]}`)
      }
    }
    for (const n of valuesAt) for (const text of textsOf(record.values[n]!, n, pools)) add(family.value, `${n}:${text}`)
    if (emailAt >= 0) {
      const emails = record.values[emailAt]!
      for (let n = 0; n < emails.length; n += 3) {
        add(family.value, pools.byComparison[emailAt]!.texts[emails[n]!]!)
        add(family.mailbox, pools.mailbox.texts[emails[n + 1]!]!)
      }
    }
    for (const date of dates) if (Number(date.slice(-4)) > 0) add(family.date, date)
    pairs("namePair", names)
    cross("nameYear", names, years)
    cross("nameDay", names, days)
    cross("namePostcode", sounds, postcode)
    cross("nameTown", names, town)
    cross("postcodeYear", postcode, years)
    cross("postcodeDay", postcode, days)
    cross("townYear", town, years)
    cross("townDay", town, days)
    if (address.length > 1) add(family.address, [...address].sort().join(" "))
    cross(
      "addressName",
      address.filter((token) => token.length > 3),
      sounds,
    )
    for (const name of names) add(family.token, name)
    cross(
      "tokenYear",
      names.map((name) => name.slice(0, 3)),
      years,
    )
    pairs("soundPair", sounds)
    cross("soundYear", sounds, years)
    cross("soundDay", sounds, days)
    cross("soundTown", sounds, town)
    if (names.length > 1)
      pairs(
        "ends",
        names.map((name) => `${name.slice(0, 2)}${name.slice(-2)}`),
      )
    for (const n of textAt) {
      const texts = textsOf(record.values[n]!, n, pools)
      for (const text of texts) add(family.text, `${n}:${text}`)
      pairs(
        "textPair",
        texts.map((text) => `${n}:${text}`),
      )
    }
  }
}

const textsOf = (tokens: readonly number[], n: number, pools: Pools): string[] =>
  tokens.map((token) => pools.byComparison[n]!.texts[token]!)
