import { statSync } from "node:fs"
import { basename } from "node:path"
import { type Command, InvalidArgumentError, Option } from "commander"
import { keepableReasons, type MappedField, type MappingRequest } from "../actions/import/mapping.ts"
import type { ImportPreview } from "../actions/import/preview-import.ts"
import { previewImport } from "../actions/import/preview-import.ts"
import { fileFormats } from "../actions/import/rows.ts"
import { type ImportedRelease, importArtifact } from "../actions/import-artifact.ts"
import { type ImportFileRequest, type ImportReport, importFile } from "../actions/import-file.ts"
import { identifierTypes } from "../core/customer/identifier.ts"
import type { Services } from "../services.ts"
import type { Progress } from "./progress.ts"

type Flags = Omit<MappingRequest, "columns"> &
  Partial<Record<MappedField, string>> & {
    format?: (typeof fileFormats)[number]
    dates?: MappingRequest["dateOrder"]
    dryRun?: true
    items: boolean
    rejected?: string
  }

const columnFlags: readonly (readonly [field: MappedField, flag: string, what: string])[] = [
  ["customer", "--customer <column>", "who"],
  ["at", "--at <column>", "when: ISO 8601, 31/12/2024 23:59, or an epoch"],
  ["item", "--item <column>", "the product's id"],
  [
    "event",
    "--event <column or name>",
    "what happened: a column (view, addtocart, purchase, return, …) or one event for all lines",
  ],
  ["quantity", "--quantity <column>", "pieces; negative ones came back"],
  ["price", "--price <column>", "price of one piece"],
  ["order", "--order <column>", "order number; else an order is what one customer bought at one moment"],
  ["messageId", "--message-id <column>", "the line's own id, so that the same line of another file is known"],
  ["title", "--title <column>", "the product's title"],
  ["category", "--category <column>", "the product's category"],
  ["channel", "--channel <column>", "web, app, email, store, call-centre, …"],
]

const examples = `
Columns that are not named are found by their names; --dry-run shows what was understood and records nothing.
A line that cannot be taken is counted by reason and written to a file; running the same import again changes nothing.

Examples:
  $ beforehand import orders.csv --dry-run
  $ beforehand import online_retail.parquet --customer CustomerID --item Description --at InvoiceDate
  $ beforehand import clicks.ndjson.gz --customer visitor --customer-type anonymousId --event "Product Viewed"
  $ beforehand import model && beforehand promote --force
  $ beforehand import verkauf.csv --dates dmy --time-zone Europe/Berlin --keep zeroPrice`

/** Adds the flags of `import` to its command. */
export function describeImport(command: Command): Command {
  command
    .description("record a shop's history from a CSV, NDJSON or Parquet file, or bring a release from a folder")
    .argument("<file>", "file to read, or a folder of <model>.safetensors files; never changed")
  for (const [, flag, what] of columnFlags) command.option(flag, what)
  return command
    .addOption(new Option("--customer-type <type>", "what the customer column holds").choices(identifierTypes))
    .addOption(new Option("--format <format>", "by default what the file's name says").choices(fileFormats))
    .option("--time-zone <zone>", "of times that name none (default: UTC)")
    .addOption(new Option("--dates <order>", "day or month first in dates with slashes").choices(["dmy", "mdy"]))
    .option("--service-lines <regex>", "items that are charges, not products (default: postage, discounts, fees, …)")
    .option("--keep <reasons>", `take lines rejected by default: ${keepableReasons.join(", ")}`, parseReasons)
    .option("--no-items", "do not add the file's items to the catalogue")
    .option("--rejected <file>", "where rejected lines go (default: reports/<file name>.rejected.ndjson)")
    .option("--dry-run", "show what is understood, record nothing")
    .addHelpText("after", examples)
}

function parseReasons(text: string): NonNullable<MappingRequest["keep"]> {
  return text.split(",").map((word) => {
    const reason = keepableReasons.find((known) => known === word.trim())
    if (reason === undefined) throw new InvalidArgumentError(`choose from ${keepableReasons.join(", ")}.`)
    return reason
  })
}

function requestOf(path: string, flags: Flags): ImportFileRequest {
  const { customerType, timeZone, dates, serviceLines, keep, format, rejected, items } = flags
  const named = columnFlags.flatMap(([field]) => (flags[field] === undefined ? [] : [[field, flags[field]]]))
  return {
    path,
    ...(format && { format }),
    mapping: {
      columns: Object.fromEntries(named) as MappingRequest["columns"],
      ...(customerType && { customerType }),
      ...(timeZone && { timeZone }),
      ...(dates && { dateOrder: dates }),
      ...(serviceLines !== undefined && { serviceLines }),
      ...(keep && { keep }),
    },
    addItems: items,
    ...(rejected && { rejectedFile: rejected }),
  }
}

const count = (value: number): string => value.toLocaleString("en-US")

function countsTable(counts: Readonly<Record<string, number>>): string[] {
  const rows = Object.entries(counts).sort(([, a], [, b]) => b - a)
  return rows.length === 0 ? ["  none"] : rows.map(([name, value]) => `  ${count(value).padStart(11)}  ${name}`)
}

function mappingLines({ column, customerType, eventName, timeZone, ignoredColumns }: ImportPreview): string[] {
  const fields = Object.entries(column).map(([field, name]) => `  ${field.padEnd(11)}${name}`)
  return [
    ...fields,
    ...(column.event === undefined ? [`  ${"event".padEnd(11)}${eventName} (every line)`] : []),
    `  customers are named by ${customerType}; times without a zone are ${timeZone}`,
    ...(ignoredColumns.length > 0 ? [`  ignored: ${ignoredColumns.join(", ")}`] : []),
  ]
}

function previewText(preview: ImportPreview): string {
  const events = preview.firstEvents.map(({ at, name, identifiers: [customer], lines }) => {
    const [line] = lines
    const more = lines.length > 1 ? ` and ${lines.length - 1} more` : ""
    const what = line === undefined ? "" : `: ${line.quantity} × ${line.itemId} at ${line.price ?? "no price"}${more}`
    return `  ${new Date(at).toISOString()}  ${customer?.type} ${customer?.value}  ${name}${what}`
  })
  return [
    `Format: ${preview.format}`,
    "Columns:",
    ...mappingLines(preview),
    `The first ${count(preview.sampled)} lines would be recorded as:`,
    ...countsTable(preview.linesByEvent),
    "and rejected as:",
    ...countsTable(preview.linesRejected),
    "First events:",
    ...events,
    ...(preview.firstRejections.length > 0 ? ["First rejections:"] : []),
    ...preview.firstRejections.map(({ line, reason, message }) => `  line ${line}: ${reason}: ${message}`),
    "Nothing was recorded (--dry-run).",
  ].join("\n")
}

function reportText(report: ImportReport): string {
  const { linesRead, linesKnownBefore, rejectedFile, events, customers, itemsMade, itemsKnown, seconds } = report
  return [
    `${count(linesRead)} lines read in ${seconds.toFixed(1)} s`,
    "Recorded, by event:",
    ...countsTable(report.linesRecorded),
    ...(linesKnownBefore > 0 ? [`  ${count(linesKnownBefore).padStart(11)}  recorded by an earlier import`] : []),
    "Rejected, by reason:",
    ...countsTable(report.linesRejected),
    ...(rejectedFile === null ? [] : [`  each with its reason in ${rejectedFile}`]),
    `${count(events)} new events of ${count(customers)} customers; ${count(itemsMade)} items added to the catalogue, ${count(itemsKnown)} known before`,
  ].join("\n")
}

function releaseText({ releaseId, brought, taken, items }: ImportedRelease): string {
  const others = taken.length === 0 ? "" : `; ${taken.join(", ")} from the live release`
  return `release ${releaseId} of ${count(items)} items: ${brought.join(", ")} from the folder${others}`
}

/** Shows what a file would become, without a database. */
export async function runDryImport(path: string, flags: Flags): Promise<string> {
  return previewText(await previewImport(requestOf(path, flags)))
}

/** Imports a file, telling how far it is; returns what was done with each kind of line, as text. */
export async function runImport(services: Services, path: string, flags: Flags, progress: Progress): Promise<string> {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) return releaseText(await importArtifact(services, path))
  const request = requestOf(path, flags)
  const preview = await previewImport(request)
  for (const line of [`${basename(path)}, read as:`, ...mappingLines(preview)]) progress.step(line)
  const report = await importFile(services, request, ({ step, fraction, linesRead }) => {
    const percent = Math.round(fraction * 100)
    progress.update(step === "reading" ? `${count(linesRead)} lines, ${percent} %` : `folding histories, ${percent} %`)
  })
  return reportText(report)
}
