import type { IncomingEvent } from "../../core/history/event.ts"
import { interactionKind } from "../../core/history/event-table.ts"
import { acceptedNumbers, type DecimalMark } from "../../core/schema/written-number.ts"
import type { DateOrder } from "../../core/time/written-date.ts"
import { acceptedTimes } from "../../core/time/written-time.ts"
import type { Rejection } from "./line.ts"
import { LineReader } from "./line-reader.ts"
import type { MappedField } from "./mapped-field.ts"
import type { Mapping } from "./mapping.ts"
import { type ImportSource, openImport } from "./open-import.ts"
import type { FileFormat } from "./row-source.ts"
import type { SharedIdentifier } from "./shared-identifiers.ts"
import { type Charge, ImportSummary } from "./summary.ts"

/** Rules by which a file is read. */
export interface ImportRules {
  column: Mapping["column"]
  ignoredColumns: readonly string[]
  customerType: string
  eventName: string
  timeZone: string
  /** `null` where nothing depends on it. */
  dateOrder: DateOrder | null
  decimalMark: DecimalMark | null
}

export interface ImportPreview extends ImportRules {
  format: FileFormat
  linesRead: number
  /** True if the file goes on behind the last line read. */
  isCutOff: boolean
  linesByEvent: Readonly<Record<string, number>>
  namesNotUnderstood: Readonly<Record<string, number>>
  linesRejected: Readonly<Record<string, number>>
  /** Up to three of each reason. */
  rejectionExamples: Readonly<Record<string, readonly Rejection[]>>
  charges: readonly Charge[]
  events: number
  customers: number
  items: number
  orders: number
  /** Of these counts, those that are only known to be at least so high. */
  countedAtLeast: readonly string[]
  /** Milliseconds since the epoch. */
  firstAt: number | null
  lastAt: number | null
  sharedIdentifiers: readonly SharedIdentifier[]
  largestCustomer: { customer: string; lines: number } | null
  /** Sentences on what the file lacks and what was assumed for it. */
  notes: readonly string[]
  firstEvents: readonly Pick<IncomingEvent, "at" | "name" | "identifiers" | "lines">[]
}

export interface PreviewOptions {
  /** Now, in milliseconds since the epoch. */
  nowMs: number
  /** Lines behind this one are not read. */
  mostLines?: number
}

const shownEvents = 3
const mostLinesRead = 20_000_000
/** A file without time zones may be so far ahead. */
export const futureToleranceMs = 86_400_000

function ignoredColumns(columns: readonly string[], column: Partial<Record<MappedField, string>>): string[] {
  const used = new Set(Object.values(column))
  return columns.filter((name) => !used.has(name))
}

export const rulesOf = (mapping: Mapping, columns: readonly string[]): ImportRules => ({
  column: mapping.column,
  ignoredColumns: ignoredColumns(columns, mapping.column),
  customerType: mapping.customerType,
  eventName: mapping.eventName,
  timeZone: mapping.timeZone,
  dateOrder: mapping.dateOrder ?? null,
  decimalMark: mapping.decimalMark ?? null,
})

/** Reads a whole file and returns what an import would understand of it; records nothing. */
export async function previewImport(
  request: ImportSource,
  { nowMs, mostLines = mostLinesRead }: PreviewOptions,
): Promise<ImportPreview> {
  const { source, columns, mapping, batches } = await openImport(request)
  const summary = new ImportSummary()
  const reader = new LineReader(mapping, { fileDigest: "preview", latestMs: nowMs + futureToleranceMs, summary })
  const firstEvents: ImportPreview["firstEvents"][number][] = []
  const take = (outcomes: ReturnType<LineReader["read"]>) => {
    for (const outcome of outcomes) {
      if ("reason" in outcome || firstEvents.length >= shownEvents) continue
      const { at, name, identifiers, lines } = outcome.event
      firstEvents.push({ at, name, identifiers, lines })
    }
  }
  let isCutOff = false
  for await (const batch of batches) {
    for (const row of batch) take(reader.read(row))
    isCutOff = summary.linesRead >= mostLines
    if (isCutOff) break
  }
  take(reader.finish())
  const { customers, items, orders } = summary
  const counted = { customers, items, orders }
  return {
    format: source.format,
    ...rulesOf(mapping, columns),
    linesRead: summary.linesRead,
    isCutOff,
    linesByEvent: summary.linesByEvent,
    namesNotUnderstood: summary.namesNotUnderstood,
    linesRejected: summary.linesRejected,
    rejectionExamples: summary.rejectionExamples,
    charges: summary.charges,
    events: summary.events,
    customers: customers.count,
    items: items.count,
    orders: orders.count,
    countedAtLeast: Object.entries(counted).flatMap(([name, { isMore }]) => (isMore ? [name] : [])),
    firstAt: summary.firstAt,
    lastAt: summary.lastAt,
    sharedIdentifiers: summary.sharedIdentifiers,
    largestCustomer: summary.largestCustomer,
    notes: notesOf(mapping, summary),
    firstEvents,
  }
}

/** Returns what is missing or assumed, with the remedy. */
export function notesOf(mapping: Mapping, summary: ImportSummary): string[] {
  const { column } = mapping
  const ofColumns = column.at === undefined ? [] : columnNotes(mapping, summary)
  return [
    ...ofColumns,
    ...(summary.linesRejected.badTime === undefined ? [] : [`Times are read as ${acceptedTimes}.`]),
    ...(summary.linesRejected.badPrice === undefined && summary.linesRejected.badQuantity === undefined
      ? []
      : [`Numbers are read as ${acceptedNumbers}; --decimal says which.`]),
  ]
}

function columnNotes({ column, ...mapping }: Mapping, summary: ImportSummary): string[] {
  const hasOrders = Object.keys(summary.linesByEvent).some((name) => interactionKind(name) === "purchase")
  const notes: string[] = []
  if (!mapping.isTimeZoneGiven) {
    notes.push(
      "No time zone is given (--time-zone): times that name none are read as UTC here, by the import as of the shop's zone.",
    )
  }
  if (hasOrders && column.order === undefined && column.messageId === undefined) {
    notes.push(
      "There is no order number (--order): what one customer bought at one moment is one order, and orders that another file " +
        "repeats are counted again.",
    )
  }
  if (column.item === undefined) notes.push("There is no product (--item): nothing is learnt about products.")
  if (hasOrders && column.price === undefined)
    notes.push("There is no price (--price): values of orders are not known.")
  if (hasOrders && column.quantity === undefined)
    notes.push("There is no quantity (--quantity): each line is one piece.")
  return notes
}
