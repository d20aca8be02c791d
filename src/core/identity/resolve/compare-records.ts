import { compareTokens } from "./compare-tokens.ts"
import { type Comparison, missingCell } from "./comparison-plan.ts"
import type { Pools } from "./pools.ts"
import { nothing, type PreparedRecord } from "./prepared-record.ts"
import { editDistance } from "./similarity.ts"
import type { TokenPool } from "./token-pool.ts"
import { compareDates } from "./written-date.ts"

/** Cells of one pair, one a comparison, and the chances of its agreements. */
export interface LevelVector {
  cells: Uint8Array
  /** Per comparison, the natural logarithm of the chance that unrelated people agree so; 0 where the cell alone tells it. */
  logChances: Float64Array
}

export type CompareRecords = (a: PreparedRecord, b: PreparedRecord) => LevelVector

/** Returns a function that compares two records; its answer is overwritten by the next call. */
export function recordComparer(comparisons: readonly Comparison[], pools: Pools): CompareRecords {
  const vector: LevelVector = {
    cells: new Uint8Array(comparisons.length),
    logChances: new Float64Array(comparisons.length),
  }
  const compare = comparisons.map(({ kind }, n) => comparerOf(kind, n, pools))
  return (a, b) => {
    for (let n = 0; n < compare.length; n++) {
      logChance = 0
      vector.cells[n] = compare[n]!(a, b)
      vector.logChances[n] = logChance
    }
    return vector
  }
}

/** Set by the comparison that runs. */
let logChance = 0

type CompareOne = (a: PreparedRecord, b: PreparedRecord) => number

function comparerOf(kind: Comparison["kind"], n: number, pools: Pools): CompareOne {
  const pool = pools.byComparison[n]!
  if (kind === "name") return (a, b) => compareNames(a, b, n, pool)
  if (kind === "where") return (a, b) => comparePlaces(a, b, pools)
  if (kind === "email") return (a, b) => compareEmails(a, b, n, pools)
  if (kind === "text") return (a, b) => compareTexts(a.values[n]!, b.values[n]!, pool)
  if (kind === "date") return (a, b) => compareAllDates(a.values[n]!, b.values[n]!, pool)
  return (a, b) => compareValues(a.values[n]!, b.values[n]!, pool, kind !== "category")
}

function compareNames(a: PreparedRecord, b: PreparedRecord, n: number, pool: TokenPool): number {
  const [namesA, namesB] = [a.values[n]!, b.values[n]!]
  if (namesA.length === 0 || namesB.length === 0) return missingCell
  const { exact, near, similar, initials, leftA, leftB, logChance: chance } = compareTokens(namesA, namesB, pool)
  logChance = chance
  const givenDiffers = (leftA & a.given) !== 0 && (leftB & b.given) !== 0
  const familyDiffers = (leftA & a.family) !== 0 && (leftB & b.family) !== 0
  const conflict = leftA === 0 || leftB === 0 ? 0 : givenDiffers === familyDiffers ? 3 : givenDiffers ? 2 : 1
  return (
    (((Math.min(exact, 3) * 3 + Math.min(near, 2)) * 2 + Math.min(similar, 1)) * 2 + Math.min(initials, 1)) * 4 +
    conflict
  )
}

function compareTexts(a: readonly number[], b: readonly number[], pool: TokenPool): number {
  if (a.length === 0 || b.length === 0) return missingCell
  const { exact, near, similar, leftA, leftB, logChance: chance } = compareTokens(a, b, pool)
  logChance = Math.max(chance, -12)
  const left = leftA === 0 || leftB === 0 ? 0 : isPower(leftA) || isPower(leftB) ? 1 : 2
  return (Math.min(exact, 3) * 3 + Math.min(near + similar, 2)) * 3 + left
}

const isPower = (bits: number) => (bits & (bits - 1)) === 0

function comparePlaces(a: PreparedRecord, b: PreparedRecord, pools: Pools): number {
  let addressLevel = 0
  let least = 0
  let addressChance = 0
  if (a.address.length > 0 && b.address.length > 0) {
    const { exact, near, similar, leftA, leftB, logChance: chance } = compareTokens(a.address, b.address, pools.address)
    const agreed = exact + near
    const size = Math.min(a.address.length, b.address.length)
    addressLevel = leftA === 0 || leftB === 0 ? 4 : agreed * 2 >= size && agreed > 1 ? 3 : agreed + similar > 0 ? 2 : 1
    if (addressLevel >= 2) addressChance = chance
  }
  let postcodeLevel = 0
  if (a.postcode !== nothing && b.postcode !== nothing) {
    postcodeLevel = comparePostcodes(a.postcode, b.postcode, pools.postcode)
    if (postcodeLevel === 4) least = Math.log(pools.postcode.frequency(a.postcode))
  }
  let townLevel = 0
  if (a.townName !== nothing && b.townName !== nothing) {
    if (a.townName === b.townName) {
      townLevel = 4
      const chance = Math.log(pools.townName.frequency(a.townName))
      if (chance < least) least = chance
    } else {
      const { exact, near, similar, logChance: chance } = compareTokens(a.town, b.town, pools.town)
      townLevel = exact + near > 0 ? 3 : similar > 0 ? 2 : 1
      if (townLevel >= 2 && chance < least) least = chance
    }
  }
  if (addressLevel + postcodeLevel + townLevel === 0) return missingCell
  logChance = Math.max(
    least + addressChance,
    -Math.log(4 * pools.townName.holders),
    -Math.log(4 * pools.postcode.holders) - 3,
  )
  if (least + addressChance === 0) logChance = 0
  return (addressLevel * 5 + postcodeLevel) * 5 + townLevel
}

function comparePostcodes(a: number, b: number, pool: TokenPool): number {
  if (a === b) return 4
  if (pool.nearness(a, b) === 2) return 3
  const [textA, textB] = [pool.texts[a]!, pool.texts[b]!]
  const district = Math.ceil(Math.min(textA.length, textB.length) / 2)
  return textA.slice(0, district) === textB.slice(0, district) ? 2 : 1
}

/** Chance that two people of one name have nearly the same mailbox. */
const namesakeMailbox = 0.3

function compareEmails(a: PreparedRecord, b: PreparedRecord, n: number, pools: Pools): number {
  const [emailsA, emailsB] = [a.values[n]!, b.values[n]!]
  const saysNameAgain = a.isMailboxNamed && b.isMailboxNamed
  let best = missingCell
  for (let i = 0; i < emailsA.length; i += 3) {
    for (let j = 0; j < emailsB.length; j += 3) {
      const cell = emailCell(emailsA, i, emailsB, j, pools)
      if (cell >= best) continue
      best = cell
      logChance = 0
      const domain = pools.domain.frequency(emailsA[i + 2]!)
      if (cell === 0) logChance = Math.log(pools.byComparison[n]!.frequency(emailsA[i]!))
      else if (cell === 5) logChance = Math.log(domain)
      else if (cell < 5 && saysNameAgain) logChance = Math.log(namesakeMailbox * (cell % 2 === 1 ? domain : 1))
      else if (cell <= 2) logChance = Math.log(pools.mailbox.frequency(emailsA[i + 1]!))
    }
  }
  return best
}

function emailCell(
  a: readonly number[],
  i: number,
  b: readonly number[],
  j: number,
  { mailbox, domain }: Pools,
): number {
  if (a[i] === b[j]) return 0
  const isSameDomain = a[i + 2] === b[j + 2]
  const isNearDomain = isSameDomain || domain.nearness(a[i + 2]!, b[j + 2]!) >= 2
  if (a[i + 1] === b[j + 1]) return isNearDomain ? 1 : 2
  if (areNearMailboxes(mailbox.texts[a[i + 1]!]!, mailbox.texts[b[j + 1]!]!)) return isNearDomain ? 3 : 4
  return isSameDomain ? 5 : 6
}

/** A number in a mailbox tells namesakes apart. */
function areNearMailboxes(a: string, b: string): boolean {
  if (Math.abs(a.length - b.length) > 4) return false
  const [numberA, numberB] = [a.replace(/\D/g, ""), b.replace(/\D/g, "")]
  if (numberA !== numberB && numberA !== "" && numberB !== "") return false
  const [lettersA, lettersB] = [a.replace(/[^\p{L}]/gu, ""), b.replace(/[^\p{L}]/gu, "")]
  const longest = Math.max(lettersA.length, lettersB.length)
  return longest >= 5 && editDistance(lettersA, lettersB, 2) <= (longest >= 10 ? 2 : 1)
}

function compareAllDates(a: readonly number[], b: readonly number[], pool: TokenPool): number {
  let best = missingCell
  for (const dateA of a) {
    for (const dateB of b) {
      const cell = compareDates(dateA, dateB)
      if (cell >= best) continue
      best = cell
      const token = cell === 0 ? pool.find(String(dateA)) : undefined
      logChance =
        cell === 0 ? Math.log(token === undefined ? 1 / pool.holders : Math.max(pool.frequency(token), 1 / 40_000)) : 0
    }
  }
  return best
}

function compareValues(a: readonly number[], b: readonly number[], pool: TokenPool, mayBeNear: boolean): number {
  let best = missingCell
  for (const valueA of a) {
    for (const valueB of b) {
      if (valueA === valueB) {
        logChance = Math.log(pool.frequency(valueA))
        return 0
      }
      best = Math.min(best, mayBeNear && best !== 1 && pool.nearness(valueA, valueB) === 2 ? 1 : mayBeNear ? 2 : 1)
    }
  }
  return best
}
