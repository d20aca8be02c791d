import { isPlaceholder } from "../../customer/placeholder.ts"
import { type ComparisonPlan, fieldsOf } from "./comparison-plan.ts"
import type { FieldKind } from "./field-kind.ts"
import { foldText, tokensOf } from "./fold-text.ts"
import type { PersonRecord } from "./person-record.ts"
import type { Pools } from "./pools.ts"
import type { TokenPool } from "./token-pool.ts"
import { readDate } from "./written-date.ts"

const maxTokens = 8

/** A record in the form in which it is compared: per comparison of the plan, whole numbers that its pool explains. */
export interface PreparedRecord {
  /** Name and text: tokens. Date: dates. E-mail: address, mailbox and domain, in threes. Others: values. */
  values: readonly (readonly number[])[]
  /** Bits of the name tokens that stand in given and in family names. */
  given: number
  family: number
  address: readonly number[]
  town: readonly number[]
  postcode: number
  /** Town as a whole. */
  townName: number
  /** True if an e-mail address is made of the person's name, so that it says again what the name says. */
  isMailboxNamed: boolean
}

export const nothing = -1

/** Reads records into numbers under a plan; tokens that the pools do not know are added to them. */
export function recordPreparer(plan: ComparisonPlan, pools: Pools): (record: PersonRecord) => PreparedRecord {
  const indexOf = new Map(plan.comparisons.flatMap((comparison, n) => comparison.fields.map((field) => [field, n])))
  const nameAt = plan.comparisons.findIndex(({ kind }) => kind === "name")
  const emailAt = plan.comparisons.findIndex(({ kind }) => kind === "email")
  const isNamed = (names: readonly number[], emails: readonly number[]) =>
    emails.some((mailbox, n) => n % 3 === 1 && names.some((name) => holdsName(mailbox, name)))
  const holdsName = (mailbox: number, name: number) => {
    const text = pools.byComparison[nameAt]!.texts[name]!
    return text.length > 2 && pools.mailbox.texts[mailbox]!.includes(text.slice(0, 5))
  }
  return (record) => {
    const values = plan.comparisons.map((): number[] => [])
    const address: number[] = []
    const town: number[] = []
    let [given, family, postcode, townName] = [0, 0, nothing, nothing]
    for (const [field, text] of fieldsOf(record)) {
      const kind = plan.kinds[field] ?? "ignored"
      const n = indexOf.get(field)
      if (n === undefined || isNothing(text, kind)) continue
      const into = values[n]!
      const pool = pools.byComparison[n]!
      if (kind === "address") addTokens(address, tokensOf(text), pools.address)
      else if (kind === "postcode") postcode = pools.postcode.intern(codeOf(text))
      else if (kind === "town") {
        addTokens(town, tokensOf(text), pools.town)
        townName = pools.townName.intern(tokensOf(text).join(" "))
      } else if (kind === "date") addDate(into, readDate(text, plan.dateOrders[field] ?? "dayFirst"))
      else if (kind === "email") addEmail(into, text, pools, pool)
      else if (kind === "givenName" || kind === "familyName" || kind === "name") {
        const bits = addTokens(into, tokensOf(text), pool)
        if (kind === "givenName") given |= bits
        else if (kind === "familyName") family |= bits
      } else if (kind === "text") addTokens(into, tokensOf(text), pool)
      else addIdentifier(into, pool.intern(plainValue(text, kind)), pool)
    }
    const isMailboxNamed = isNamed(values[nameAt] ?? [], values[emailAt] ?? [])
    return { values, given, family, address, town, postcode, townName, isMailboxNamed }
  }
}

const isNothing = (text: string, kind: FieldKind): boolean => {
  const type = kind === "email" || kind === "phone" ? kind : kind === "identifier" ? "loyaltyCard" : "userId"
  return kind === "category" || kind === "region" ? text === "" : isPlaceholder({ type, value: text })
}

function plainValue(text: string, kind: FieldKind): string {
  if (kind === "phone") return text.replace(/\D/g, "").slice(-9)
  return kind === "identifier" ? codeOf(text) : foldText(text)
}

const codeOf = (text: string): string => foldText(text).replace(/[^\p{L}\p{N}]+/gu, "")

function addDate(into: number[], date: number): void {
  if (date !== 0 && !into.includes(date)) into.push(date)
}

function addIdentifier(into: number[], value: number, pool: TokenPool): void {
  if (!pool.hubs.has(value) && !into.includes(value)) into.push(value)
}

/** Adds tokens that are new, and returns the bits of the positions where they stand. */
function addTokens(into: number[], tokens: readonly string[], pool: TokenPool): number {
  let bits = 0
  for (const text of tokens) {
    const token = pool.intern(text)
    let position = into.indexOf(token)
    if (position < 0 && into.length < maxTokens) position = into.push(token) - 1
    if (position >= 0) bits |= 1 << position
  }
  return bits
}

function addEmail(into: number[], text: string, pools: Pools, whole: TokenPool): void {
  const folded = foldText(text).replace(/\s/g, "")
  const at = folded.lastIndexOf("@")
  const mailbox = (at < 0 ? folded : folded.slice(0, at)).replace(/\+.*$/, "")
  const domain = at < 0 ? "" : folded.slice(at + 1)
  const address = mailbox === "" ? nothing : whole.intern(`${mailbox}@${domain}`)
  if (address === nothing || whole.hubs.has(address)) return
  into.push(address, pools.mailbox.intern(mailbox), pools.domain.intern(domain))
}
