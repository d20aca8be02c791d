import type { ImportReport } from "../actions/import/import-file.ts"
import type { ImportPreview } from "../actions/import/preview-import.ts"
import type { StatementsReport } from "../actions/import/read-statements.ts"
import { isoDay } from "../core/time/iso-day.ts"

export const count = (value: number): string => value.toLocaleString("en-US")

const indented = (lines: readonly string[]): string[] => lines.map((line) => `  ${line}`)
const section = (title: string, lines: readonly string[]): string[] =>
  lines.length === 0 ? [] : [title, ...indented(lines)]

function countsTable(counts: Readonly<Record<string, number>>): string[] {
  const rows = Object.entries(counts).sort(([, a], [, b]) => b - a)
  return rows.length === 0 ? ["none"] : rows.map(([name, value]) => `${count(value).padStart(11)}  ${name}`)
}

function shares(counts: Readonly<Record<string, number>>): string[] {
  const total = Object.values(counts).reduce((sum, value) => sum + value, 0)
  const rows = Object.entries(counts).sort(([, a], [, b]) => b - a)
  if (rows.length === 0) return ["none"]
  return rows.map(([name, value]) => {
    const percent = `${((100 * value) / total).toFixed(1)} %`
    return `${count(value).padStart(11)}  ${percent.padStart(7)}  ${name}`
  })
}

type Rules = Pick<
  ImportPreview,
  "column" | "customerType" | "eventName" | "timeZone" | "ignoredColumns" | "dateOrder" | "decimalMark"
>

/** Returns the lines that describe how a file is read. */
export function mappingLines(rules: Rules): string[] {
  const { column, customerType, eventName, timeZone, ignoredColumns, dateOrder, decimalMark } = rules
  if (Object.keys(column).length === 0) return ["tracking calls, each with its own event and time"]
  const orders = { dmy: "the day first (31/12/2024)", mdy: "the month first (12/31/2024)" }
  return [
    ...Object.entries(column).map(([field, name]) => `${field.padEnd(11)}${name}`),
    ...(column.event === undefined ? [`${"event".padEnd(11)}${eventName} (every line)`] : []),
    `customers are named by ${customerType}; times without a zone are ${timeZone}`,
    ...(dateOrder === null ? [] : [`dates have ${orders[dateOrder]}`]),
    ...(decimalMark === null ? [] : [`numbers have a decimal ${decimalMark}`]),
    ...(ignoredColumns.length > 0 ? [`ignored: ${ignoredColumns.join(", ")}`] : []),
  ]
}

type Said = Pick<ImportReport, "rejectionExamples" | "namesNotUnderstood" | "charges" | "notes">

const examplesText = ({ rejectionExamples }: Pick<Said, "rejectionExamples">): string[] =>
  Object.entries(rejectionExamples).flatMap(([reason, examples]) =>
    examples.map(({ line, message }) => `line ${line}: ${reason}: ${message}`),
  )

function surprises({ namesNotUnderstood, charges, notes }: Said): string[] {
  return [
    ...section(
      "Events whose names are not understood; they are kept under these names and teach nothing:",
      Object.entries(namesNotUnderstood).map(([name, lines]) => `${count(lines).padStart(11)}  ${name}`),
    ),
    ...section(
      "Lines that are no goods (--keep serviceLine takes them; they are never recommended):",
      charges.map(({ id, title, lines }) => `${count(lines).padStart(11)}  ${id}${title === id ? "" : `  ${title}`}`),
    ),
    ...section("Note:", notes),
  ]
}

function eventLines(preview: ImportPreview): string[] {
  return preview.firstEvents.map(({ at, name, identifiers: [customer], lines }) => {
    const [line] = lines
    const more = lines.length > 1 ? ` and ${lines.length - 1} more` : ""
    const what = line === undefined ? "" : `: ${line.quantity} × ${line.itemId} at ${line.price ?? "no price"}${more}`
    return `${new Date(at).toISOString()}  ${customer?.type} ${customer?.value}  ${name}${what}`
  })
}

function totals(preview: ImportPreview): string[] {
  const { events, firstAt, lastAt, countedAtLeast } = preview
  const of = (name: "customers" | "items" | "orders") =>
    `${countedAtLeast.includes(name) ? "more than " : ""}${count(preview[name])} ${name}`
  const span = firstAt === null || lastAt === null ? [] : [`from ${isoDay(firstAt)} to ${isoDay(lastAt)}`]
  return [`${count(events)} events of ${of("customers")}, ${of("items")}, ${of("orders")}`, ...span]
}

function sharedLines({ sharedIdentifiers, largestCustomer }: ImportPreview): string[] {
  return [
    ...sharedIdentifiers.map(({ identifier, customers }) => `${identifier} is shared by ${count(customers)} customers`),
    ...(largestCustomer === null
      ? []
      : [`${largestCustomer.customer} has ${count(largestCustomer.lines)} lines: a till, or a word for nobody?`]),
  ]
}

/** Describes an import's dry run for a person at the terminal. */
export function previewText(preview: ImportPreview): string {
  const { linesRead, isCutOff, format } = preview
  return [
    `Format: ${format}`,
    ...section("Columns:", mappingLines(preview)),
    isCutOff ? `The first ${count(linesRead)} lines would become:` : `All ${count(linesRead)} lines would become:`,
    ...indented(totals(preview)),
    ...section("Lines recorded, by event:", shares(preview.linesByEvent)),
    ...section("Lines rejected or left out, by reason:", countsTable(preview.linesRejected)),
    ...section("For example:", examplesText(preview)),
    ...section("Shared or striking:", sharedLines(preview)),
    ...surprises(preview),
    ...section("First events:", eventLines(preview)),
    "Nothing was recorded (--dry-run).",
  ].join("\n")
}

/** Describes a finished import for a person at the terminal. */
export function reportText(report: ImportReport): string {
  const { linesRead, linesKnownBefore, rejectedFile, events, customers, itemsMade, itemsKnown, seconds } = report
  return [
    `${count(linesRead)} lines read in ${seconds.toFixed(1)} s`,
    ...section("Recorded, by event:", [
      ...countsTable(report.linesRecorded),
      ...(linesKnownBefore > 0 ? [`${count(linesKnownBefore).padStart(11)}  recorded before`] : []),
    ]),
    ...section("Rejected or left out, by reason:", countsTable(report.linesRejected)),
    ...section("For example:", examplesText(report)),
    ...(rejectedFile === null ? [] : [`  each with its reason in ${rejectedFile}`]),
    ...surprises(report),
    `${count(events)} new events of ${count(customers)} customers; ${count(itemsMade)} items added to the catalogue, ${count(itemsKnown)} known before`,
  ].join("\n")
}

/** Describes the import, or the dry run, of a file of items, customers or consents. */
export function statementsText(report: StatementsReport, verb: "were" | "would be"): string {
  const { as, column, linesRead, linesRecorded, linesSuperseded, rejectedFile } = report
  return [
    ...section(
      "Columns:",
      Object.entries(column).map(([field, name]) => `${field.padEnd(13)}${name}`),
    ),
    `${count(linesRead)} lines read; ${count(linesRecorded)} ${verb} recorded as ${as}`,
    ...(linesSuperseded > 0 ? [`  ${count(linesSuperseded)} are older than what is known`] : []),
    ...section(`These ${verb} rejected, by reason:`, countsTable(report.linesRejected)),
    ...section("For example:", examplesText(report)),
    ...(rejectedFile === null ? [] : [`  each with its reason in ${rejectedFile}`]),
    ...(verb === "were" ? [] : ["Nothing was recorded (--dry-run)."]),
  ].join("\n")
}
