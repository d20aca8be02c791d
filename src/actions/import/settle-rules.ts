import { ApiError } from "../../core/problem/problem.ts"
import { type DecimalMark, decimalMarkIn } from "../../core/schema/written-number.ts"
import type { DateOrder } from "../../core/time/written-date.ts"
import { dateOrderIn } from "../../core/time/written-time.ts"
import type { Mapping } from "./mapping.ts"
import type { Row } from "./row-source.ts"

/** So many rows are looked at in any case; further ones until every rule is settled, if need be all. */
const leastRows = 20_000
/** Up to this share of a file may contradict its rule: those lines are rejected one by one. */
const greatestMinority = 0.01

/** Number of a file's values that show each reading, with one example each. */
class Evidence<Rule extends string> {
  readonly #count = new Map<Rule | "either", number>()
  readonly #example = new Map<Rule | "either", string>()

  add(shown: Rule | "either" | undefined, value: unknown): void {
    if (shown === undefined) return
    this.#count.set(shown, (this.#count.get(shown) ?? 0) + 1)
    if (!this.#example.has(shown)) this.#example.set(shown, String(value))
  }

  get isDecided(): boolean {
    return [...this.#count.keys()].some((shown) => shown !== "either")
  }

  /** The rule of the file, `undefined` where nothing depends on it; throws `invalidRequest` where it could be either. */
  rule(what: string, flags: Readonly<Record<Rule, string>>): Rule | undefined {
    const either = this.#example.get("either")
    const shown = [...this.#count].filter((entry): entry is [Rule, number] => entry[0] !== "either")
    const [first, second] = shown.sort(([, a], [, b]) => b - a)
    const choice = Object.values<string>(flags).join(" or ")
    if (first === undefined) {
      if (either === undefined) return undefined
      throw new ApiError("invalidRequest", `${what} such as "${either}" can be read two ways; say ${choice}`)
    }
    if (second !== undefined && second[1] > greatestMinority * (first[1] + second[1])) {
      const examples = `"${this.#example.get(first[0])}" (${first[1]}) and "${this.#example.get(second[0])}" (${second[1]})`
      throw new ApiError("invalidRequest", `${what} are written two ways, ${examples}; say ${choice}`)
    }
    return first[0]
  }
}

/** Settles, once for the whole file, how its dates and numbers are read; throws `invalidRequest` with the flag to give. */
export async function settleRules(batches: AsyncIterable<readonly Row[]>, mapping: Mapping): Promise<Mapping> {
  const { column } = mapping
  const dates = new Evidence<DateOrder>()
  const numbers = new Evidence<DecimalMark>()
  let rows = 0
  let hasText = false
  for await (const batch of batches) {
    for (const row of batch) {
      if (!("values" in row)) continue
      const at = row.values[column.at!]
      if (mapping.dateOrder === undefined) dates.add(dateOrderIn(at), at)
      for (const field of [column.price, column.quantity]) {
        const number = field === undefined ? undefined : row.values[field]
        if (typeof number !== "string") continue
        hasText = true
        if (mapping.decimalMark === undefined) numbers.add(decimalMarkIn(number), number)
      }
    }
    rows += batch.length
    const areDatesOpen = mapping.dateOrder === undefined && !dates.isDecided && isOrdered(batch, column.at)
    const areNumbersOpen = mapping.decimalMark === undefined && hasText && !numbers.isDecided
    if (rows >= leastRows && !areDatesOpen && !areNumbersOpen) break
  }
  return {
    ...mapping,
    dateOrder: mapping.dateOrder ?? dates.rule("dates", { dmy: "--dates dmy", mdy: "--dates mdy" }),
    decimalMark: mapping.decimalMark ?? numbers.rule("numbers", { point: "--decimal point", comma: "--decimal comma" }),
  }
}

/** True if the order of day and month could matter in these rows. */
const isOrdered = (batch: readonly Row[], at: string | undefined): boolean =>
  at !== undefined && batch.some((row) => "values" in row && dateOrderIn(row.values[at]) !== undefined)
