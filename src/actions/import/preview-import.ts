import type { IncomingEvent } from "../../core/history/event.ts"
import { type Basket, BasketGatherer } from "./baskets.ts"
import { type Rejection, readLine } from "./line.ts"
import type { MappedField, Mapping } from "./mapping.ts"
import { type ImportSource, openImport } from "./open-import.ts"
import type { FileFormat } from "./rows.ts"

export interface ImportPreview {
  format: FileFormat
  column: Mapping["column"]
  ignoredColumns: readonly string[]
  customerType: string
  eventName: string
  timeZone: string
  /** Lines looked at for the counts. */
  sampled: number
  linesByEvent: Record<string, number>
  linesRejected: Record<string, number>
  firstEvents: readonly Pick<IncomingEvent, "at" | "name" | "identifiers" | "lines">[]
  firstRejections: readonly Rejection[]
}

const sampleSize = 20_000
const shownEvents = 3

const countOne = (counts: Record<string, number>, key: string, by = 1): void => {
  counts[key] = (counts[key] ?? 0) + by
}

function ignoredColumns(columns: readonly string[], column: Partial<Record<MappedField, string>>): string[] {
  const used = new Set(Object.values(column))
  return columns.filter((name) => !used.has(name))
}

/** What an import would understand of a file, from a sample of its first lines; nothing is recorded. */
export async function previewImport(request: ImportSource): Promise<ImportPreview> {
  const { source, mapping, batches } = await openImport(request)
  const gatherer = new BasketGatherer("preview", mapping.keep)
  const baskets: Basket[] = []
  const rejections: Rejection[] = []
  const take = (outcome: Basket | Rejection | undefined) => {
    if (outcome !== undefined) "reason" in outcome ? rejections.push(outcome) : baskets.push(outcome)
  }
  let sampled = 0
  for await (const batch of batches) {
    for (const row of batch) {
      const line = readLine(row, mapping)
      take("reason" in line ? line : gatherer.add(line))
    }
    sampled += batch.length
    if (sampled >= sampleSize) break
  }
  take(gatherer.finish())
  const linesByEvent: Record<string, number> = {}
  for (const { event, lines } of baskets) countOne(linesByEvent, event.name, lines.length)
  const linesRejected: Record<string, number> = {}
  for (const { reason } of rejections) countOne(linesRejected, reason)
  return {
    format: source.format,
    column: mapping.column,
    ignoredColumns: ignoredColumns(source.columns, mapping.column),
    customerType: mapping.customerType,
    eventName: mapping.eventName,
    timeZone: mapping.timeZone,
    sampled,
    linesByEvent,
    linesRejected,
    firstEvents: baskets.slice(0, shownEvents).map(({ event: { at, name, identifiers, lines } }) => ({
      at,
      name,
      identifiers,
      lines,
    })),
    firstRejections: rejections.slice(0, shownEvents),
  }
}
