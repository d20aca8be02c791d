import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import type { ComparisonPlan } from "../../../src/core/identity/resolve/comparison-plan.ts"
import { fieldsOf } from "../../../src/core/identity/resolve/comparison-plan.ts"
import type { FieldKind } from "../../../src/core/identity/resolve/field-kind.ts"
import type { PersonRecord } from "../../../src/core/identity/resolve/person-record.ts"
import { readDate } from "../../../src/core/identity/resolve/written-date.ts"
import { runPeer } from "../peers.ts"

export interface SplinkFigures {
  f1: number
  precision: number
  recall: number
  seconds: number
  peakMemoryMB: number
}

export const splinkPackages = ["splink==5.0.0"]

const columnOfKind: Readonly<Partial<Record<FieldKind, string>>> = {
  givenName: "first_name",
  familyName: "surname",
  date: "dob",
  town: "city",
  postcode: "postcode",
  address: "street",
  email: "email",
  phone: "phone",
  category: "category",
}
const columnOfIdentifier: Readonly<Record<string, string>> = { loyaltyCard: "card", anonymousId: "device" }

/** Resolves the same records with Splink, which is given tidy columns, and the threshold that the truth finds best. */
export function runSplink(
  python: string,
  records: readonly PersonRecord[],
  truth: readonly (string | number)[],
  plan: ComparisonPlan,
): SplinkFigures {
  const folder = mkdtempSync(join(tmpdir(), "beforehand-splink-"))
  try {
    const path = join(folder, "people.csv")
    writeFileSync(path, tableOf(records, truth, plan))
    return runPeer<SplinkFigures>(python, "splink_dedupe.py", [path])
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function tableOf(records: readonly PersonRecord[], truth: readonly (string | number)[], plan: ComparisonPlan): string {
  const fieldOf = new Map<string, string>()
  for (const [field, kind] of Object.entries(plan.kinds)) {
    const column = kind === "identifier" ? (columnOfIdentifier[field] ?? "national_id") : columnOfKind[kind]
    if (column !== undefined && !fieldOf.has(column)) fieldOf.set(column, field)
  }
  const fullName = Object.keys(plan.kinds).find((field) => plan.kinds[field] === "name")
  const isSplit = !fieldOf.has("first_name") && fullName !== undefined
  const columns = [...new Set([...(isSplit ? ["first_name", "surname"] : []), ...fieldOf.keys()])]
  const lines = records.map((record, n) => {
    const values = new Map(fieldsOf(record))
    const [first = "", ...rest] = isSplit ? (values.get(fullName) ?? "").split(/\s+/) : []
    const split: Readonly<Record<string, string>> = isSplit ? { first_name: first, surname: rest.at(-1) ?? "" } : {}
    const cells = columns.map((column) => {
      const field = fieldOf.get(column)
      const value = split[column] ?? (field === undefined ? "" : (values.get(field) ?? ""))
      return field !== undefined && column === "dob" ? isoDate(value, plan.dateOrders[field] ?? "dayFirst") : value
    })
    return [n, truth[n], ...cells].map(quoted).join(",")
  })
  return [["unique_id", "truth", ...columns].join(","), ...lines].join("\n")
}

function isoDate(text: string, order: "dayFirst" | "monthFirst"): string {
  const date = readDate(text, order)
  return date % 10_000 === 0 ? "" : `${date}`.replace(/^(\d{4})(\d\d)(\d\d)$/, "$1-$2-$3")
}

const quoted = (value: unknown): string => {
  const text = String(value ?? "")
  return text === "" ? "" : `"${text.replaceAll('"', '""')}"`
}
