/** Tables whose rows lie with their customer, and those that are looked up by a key of their own. */
const keysByTable: Readonly<Record<string, readonly string[]>> = {
  profiles: ["customer_id"],
  contacts: ["customer_id"],
  events: ["customer_id"],
  decisions: ["customer_id"],
  outcomes: ["customer_id"],
  contents: ["customer_id"],
  sends: ["customer_id"],
  trigger_firings: ["customer_id"],
  identifiers: ["value", "customer_id"],
  messages: ["message_id"],
  decision_index: ["id", "customer_id"],
  send_index: ["id", "customer_id"],
}

const liesWithCustomer = (table: string) => keysByTable[table]?.[0] === "customer_id"

/** Choice of a table's rows: of one customer, of the customer of each given row, or neither. */
type Picked = "one" | "rows" | "many"

interface Scope {
  /** The text without what is in subqueries, each of which is a `§`. */
  own: string
  subqueries: Scope[]
}

interface Reference {
  table: string
  alias: string
  isTarget: boolean
}

/**
 * Returns what in a statement concerns the rows of several customers at once, other than rows that each name theirs. Reads the text
 * alone: a condition on a key counts wherever it stands beside the table.
 */
export function faultsOf(statement: string): string[] {
  const text = normalizeStatement(statement)
  if (/^(create|drop|begin|commit|rollback|lock|explain|set) ?/.test(text)) return []
  if (text.startsWith("alter")) return / concurrently/.test(text) ? ["detaches concurrently"] : []
  const faults = new Set<string>()
  const scope = scopeOf(text)
  judge(scope, new Map(), faults)
  const writes = Object.keys(keysByTable).some((table) => isWritten(text, table))
  if (writes && /\b(standing_customer|settled_decision|read_customer|lock_\w+)\(/.test(text))
    faults.add("reads customers inside a write")
  if (/\bctid\b/.test(text)) faults.add("picks rows by their place")
  for (const table of Object.keys(keysByTable))
    if (liesWithCustomer(table) && new RegExp(`update ${table} set [^§]*\\bcustomer_id = .* where`).test(text))
      if (/set ([^§]*, )?customer_id = /.test(text)) faults.add(`changes the customer of ${table}`)
  return [...faults]
}

const isWritten = (text: string, table: string) => new RegExp(`(insert into|update|delete from) ${table}\\b`).test(text)

/** Lower case, without comments, quotes and the content of literals, on one line. */
export const normalizeStatement = (statement: string): string =>
  statement
    .replaceAll(/--[^\n]*/g, " ")
    .replaceAll(/'(?:[^']|'')*'/g, "''")
    .replaceAll('"', "")
    .replaceAll(/\s+/g, " ")
    .trim()
    .toLowerCase()

function scopeOf(text: string): Scope {
  const subqueries: Scope[] = []
  const flatten = (part: string): string => {
    let flat = ""
    for (let i = 0; i < part.length; i++) {
      if (part[i] !== "(") {
        flat += part[i]
        continue
      }
      const end = closingOf(part, i)
      const inner = part.slice(i + 1, end).trim()
      if (/^(select|with|insert|update|delete)\b/.test(inner)) {
        subqueries.push(scopeOf(inner))
        flat += "§"
      } else flat += `(${flatten(inner)})`
      i = end
    }
    return flat
  }
  return { own: flatten(text), subqueries }
}

function closingOf(text: string, open: number): number {
  let depth = 0
  for (let i = open; i < text.length; i++) {
    if (text[i] === "(") depth++
    if (text[i] === ")" && --depth === 0) return i
  }
  return text.length
}

const notAlias = "where|join|left|cross|on|using|set|order|group|limit|union|select|returning|for|values"

function referencesIn(own: string): Reference[] {
  const found: Reference[] = []
  const pattern = new RegExp(
    `(insert into|delete from|from|join|update|using|,) (?:only )?(\\w+)(?: (?:as )?(?!(?:${notAlias})\\b)(\\w+))?`,
    "g",
  )
  for (const [, verb, table, alias] of own.matchAll(pattern))
    if (keysByTable[table!] !== undefined && (verb !== "," || !/^(insert|select)/.test(own) || alias !== undefined))
      found.push({
        table: table!,
        alias: alias ?? table!,
        isTarget: verb === "insert into",
      })
  return found
}

/** A parameter, or in a function a variable or an element of one. */
const constant = "(?:\\$\\d+(?:::\\w+)?|(?:asked(?:_\\w+)?|found|current|locked)\\b|\\w+\\[\\w+\\])"

function judge({ own, subqueries }: Scope, outer: ReadonlyMap<string, Picked>, faults: Set<string>): void {
  const parts = own.split(/ union (?:all )?/)
  if (parts.length > 1) {
    let taken = 0
    for (const part of parts) {
      const count = part.split("§").length - 1
      judge({ own: part, subqueries: subqueries.slice(taken, taken + count) }, outer, faults)
      taken += count
    }
    return
  }
  const references = referencesIn(own)
  const read = references.filter(({ isTarget }) => !isTarget)
  const given = [...own.matchAll(/_(?:recordset|elements_text)\([^)]*\) (?:as )?(\w+) ?\(/g)].map(([, alias]) => alias!)
  const picked = new Map<string, Picked>()
  const spreading = new Map<string, Picked>()
  const isJoined = /using \(\w*[^)]*customer_id/.test(own)
  for (let changed = true; changed; ) {
    changed = false
    for (const { table, alias } of read) {
      if (picked.has(alias)) continue
      const how = howPicked(
        own,
        { table, alias, isAlone: read.length === 1 || isJoined },
        { picked: spreading, outer, given },
      )
      const joined = isJoined && liesWithCustomer(table) && [...spreading.values()].find((other) => other !== "many")
      if (how === undefined && !joined) continue
      picked.set(alias, how ?? (joined as Picked))
      // Only tables that lie together can be joined by customer.
      if (liesWithCustomer(table)) spreading.set(alias, how ?? (joined as Picked))
      changed = true
    }
  }
  for (const { table, alias } of read) {
    if (!picked.has(alias)) faults.add(`asks for ${table} of many customers`)
    const locks = /\bfor (update|no key update|share|key share)\b/.test(own) && picked.get(alias) !== "one"
    if (locks && liesWithCustomer(table)) faults.add(`locks ${table} of many customers`)
  }
  for (const inner of subqueries)
    judge(inner, new Map([...outer, ...spreading, ...given.map((alias) => [alias, "many"] as const)]), faults)
}

function howPicked(
  own: string,
  { table, alias, isAlone }: { table: string; alias: string; isAlone: boolean },
  {
    picked,
    outer,
    given,
  }: { picked: ReadonlyMap<string, Picked>; outer: ReadonlyMap<string, Picked>; given: readonly string[] },
): Picked | undefined {
  for (const key of keysByTable[table]!) {
    const column = isAlone ? `(?:\\b${alias}\\.|(?<![\\w.]))${key}` : `\\b${alias}\\.${key}`
    if (new RegExp(`${column} = ${constant}`).test(own)) return "one"
    if (key !== "customer_id" && new RegExp(`${column} (in ?§|= any)`).test(own)) return "rows"
    for (const [, other] of own.matchAll(new RegExp(`\\b${alias}\\.${key} = (\\w+)\\.\\w+`, "g"))) {
      if (given.includes(other!)) return "rows"
      if (!liesWithCustomer(table)) continue
      const how = picked.get(other!) ?? outer.get(other!)
      if (how !== undefined && how !== "many") return how
    }
    for (const [, other] of own.matchAll(new RegExp(`(\\w+)\\.\\w+ = ${alias}\\.${key}\\b`, "g"))) {
      const how = liesWithCustomer(table) ? (picked.get(other!) ?? outer.get(other!)) : undefined
      if (how === "one") return how
    }
  }
  return undefined
}
