import { type FilledRow, parseId } from "./line.ts"
import type { MappedField } from "./mapped-field.ts"
import type { Mapping } from "./mapping.ts"

const ofTheOrder = ["customer", "at", "order", "status", "cancelledAt", "email", "channel"] as const

/** Fills the later lines of an order, which leave blank what its first line says (customer, date, status), from that line. */
export class RowFiller {
  readonly #column: Mapping["column"]
  #first: Readonly<Record<string, unknown>> | undefined

  constructor({ column }: Mapping) {
    this.#column = column
  }

  fill(row: { line: number; values: Readonly<Record<string, unknown>> }): FilledRow {
    const fingerprint = JSON.stringify(row.values)
    const { order } = this.#column
    if (order === undefined) return { ...row, fingerprint }
    const text = (values: Readonly<Record<string, unknown>>, field: MappedField) => {
      const column = this.#column[field]
      return column === undefined ? "" : parseId(values[column])
    }
    const number = text(row.values, "order")
    const isLater =
      this.#first !== undefined &&
      text(row.values, "at") === "" &&
      (number === "" ? text(row.values, "customer") === "" : number === text(this.#first, "order")) &&
      (text(row.values, "item") !== "" || text(row.values, "title") !== "")
    if (!isLater) {
      this.#first = row.values
      return { ...row, fingerprint }
    }
    const filled = { ...row.values }
    for (const field of ofTheOrder) {
      const column = this.#column[field]
      if (column !== undefined && parseId(filled[column]) === "") filled[column] = this.#first![column]
    }
    return { line: row.line, values: filled, fingerprint }
  }
}
