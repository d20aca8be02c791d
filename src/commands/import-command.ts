import { statSync } from "node:fs"
import { basename } from "node:path"
import { type Command, InvalidArgumentError, Option } from "commander"
import { dataFilesIn } from "../actions/import/data-files.ts"
import { type ImportFileRequest, importFile } from "../actions/import/import-file.ts"
import { importStatements, previewStatements } from "../actions/import/import-statements.ts"
import type { MappedField } from "../actions/import/mapped-field.ts"
import { keepableReasons, type MappingRequest } from "../actions/import/mapping.ts"
import { previewImport } from "../actions/import/preview-import.ts"
import type { StatementsReport } from "../actions/import/read-statements.ts"
import { defaultRejectedFile } from "../actions/import/rejected-file.ts"
import { fileFormats } from "../actions/import/row-source.ts"
import { type StatementKind, statementKinds } from "../actions/import/statements.ts"
import { type ImportedRelease, importArtifact } from "../actions/releases/import-artifact.ts"
import { commandActor } from "../core/access/actor.ts"
import { identifierTypes } from "../core/customer/identifier.ts"
import { acceptedTimes } from "../core/time/written-time.ts"
import type { Services } from "../services.ts"
import { count, mappingLines, previewText, reportText, statementsText } from "./import-text.ts"
import type { Progress } from "./progress.ts"

type Flags = Omit<MappingRequest, "columns" | "statuses" | "leaveOut"> &
  Partial<Record<Exclude<MappedField, "status">, string>> & {
    format?: (typeof fileFormats)[number]
    dates?: MappingRequest["dateOrder"]
    decimal?: MappingRequest["decimalMark"]
    status?: string | false
    leaveOut?: string[]
    as?: StatementKind
    dryRun?: true
    json?: true
    items: boolean
    rejected?: string
  }

const columnFlags: readonly (readonly [
  field: Exclude<MappedField, "cancelledAt" | "device" | "email">,
  flag: string,
  what: string,
])[] = [
  ["customer", "--customer <column>", "who"],
  ["at", "--at <column>", `when: ${acceptedTimes}`],
  ["item", "--item <column>", "the product's id"],
  [
    "event",
    "--event <column or name>",
    "what happened: a column (view, addtocart, purchase, return, …) or one event for all lines",
  ],
  ["quantity", "--quantity <column>", "pieces; negative ones came back"],
  ["price", "--price <column>", "price of one piece"],
  ["order", "--order <column>", "order number; else an order is what one customer bought at one moment"],
  [
    "status",
    "--status <column>",
    "an order's status: what was cancelled, failed, refunded or is not paid is no purchase",
  ],
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
  $ beforehand import products.csv --as items
  $ beforehand import model && beforehand promote --force
  $ beforehand import verkauf.csv --dates dmy --time-zone Europe/Berlin --keep zeroPrice`

/** Adds the flags of `import` to its command. */
export function describeImport(command: Command): Command {
  command
    .description("record a shop's history from a CSV, NDJSON, JSON or Parquet file, or bring a release from a folder")
    .argument("<file>", "file or folder of files to read, or a folder of <model>.safetensors files; never changed")
  for (const [, flag, what] of columnFlags) command.option(flag, what)
  return command
    .addOption(new Option("--as <kind>", "what the file holds instead of events").choices(statementKinds))
    .addOption(new Option("--customer-type <type>", "what the customer column holds").choices(identifierTypes))
    .addOption(new Option("--format <format>", "by default what the file's name says").choices(fileFormats))
    .option("--time-zone <zone>", "of times that name none (default: UTC)")
    .addOption(new Option("--dates <order>", "day or month first in dates with slashes").choices(["dmy", "mdy"]))
    .addOption(new Option("--decimal <mark>", "of numbers: 1,234.50 or 1.234,50").choices(["point", "comma"]))
    .option("--leave-out <statuses>", "values of the status column whose lines are left out too", parseList)
    .option("--no-status", "take every line, whatever its status")
    .option("--service-lines <regex>", "items that are charges, not products (default: postage, discounts, fees, …)")
    .option("--keep <reasons>", `take lines rejected by default: ${keepableReasons.join(", ")}`, parseReasons)
    .option("--no-items", "do not add the file's items to the catalogue")
    .option("--rejected <file>", "where rejected lines go (default: reports/<file name>.rejected.ndjson)")
    .option("--dry-run", "read the whole file and show what would become of it, record nothing")
    .option("--json", "answer in JSON, for programs")
    .addHelpText("after", examples)
}

function parseReasons(text: string): NonNullable<MappingRequest["keep"]> {
  return text.split(",").map((word) => {
    const reason = keepableReasons.find((known) => known === word.trim())
    if (reason === undefined) throw new InvalidArgumentError(`choose from ${keepableReasons.join(", ")}.`)
    return reason
  })
}

const parseList = (text: string): string[] => text.split(",").map((word) => word.trim())

function requestOf(path: string, flags: Flags): ImportFileRequest {
  const { customerType, timeZone, dates, decimal, serviceLines, leaveOut, keep, format, rejected, items } = flags
  const named = columnFlags.flatMap(([field]) => (typeof flags[field] === "string" ? [[field, flags[field]]] : []))
  return {
    path,
    ...(format && { format }),
    mapping: {
      columns: Object.fromEntries(named) as MappingRequest["columns"],
      ...(customerType && { customerType }),
      ...(timeZone && { timeZone }),
      ...(dates && { dateOrder: dates }),
      ...(decimal && { decimalMark: decimal }),
      ...(leaveOut && { leaveOut }),
      ...(flags.status === false && { statuses: "none" }),
      ...(serviceLines !== undefined && { serviceLines }),
      ...(keep && { keep }),
    },
    addItems: items,
    ...(rejected && { rejectedFile: rejected }),
  }
}

function releaseText({ releaseId, brought, taken, items }: ImportedRelease): string {
  const others = taken.length === 0 ? "" : `; ${taken.join(", ")} from the live release`
  return `release ${releaseId} of ${count(items)} items: ${brought.join(", ")} from the folder${others}`
}

/** Text to print, and whether no line of the file is recorded. */
export interface ImportAnswer {
  text: string
  isNothing: boolean
}

/** One file after the other; each answer under the file's name. */
async function eachFile(
  files: readonly string[],
  flags: Flags,
  run: (file: string) => Promise<ImportAnswer>,
): Promise<ImportAnswer> {
  const answers: ImportAnswer[] = []
  for (const file of files) {
    const { text, isNothing } = await run(file)
    answers.push({ text: flags.json ? text : `${file}\n${text}`, isNothing })
  }
  return {
    text: answers.map(({ text }) => text).join(flags.json ? "\n" : "\n\n"),
    isNothing: answers.every(({ isNothing }) => isNothing),
  }
}

/** Shows what a file, or each file of a folder, would become, without a database. */
export async function runDryImport(path: string, flags: Flags, nowMs: number): Promise<ImportAnswer> {
  const files = dataFilesIn(path)
  if (files !== undefined) return eachFile(files, flags, (file) => runDryImport(file, flags, nowMs))
  const { as } = flags
  if (as !== undefined)
    return statementsAnswer(await previewStatements({ ...requestOf(path, flags), as }, nowMs), flags)
  const preview = await previewImport(requestOf(path, flags), { nowMs })
  return { text: flags.json ? JSON.stringify(preview) : previewText(preview), isNothing: preview.events === 0 }
}

function statementsAnswer(report: StatementsReport, flags: Flags): ImportAnswer {
  const text = flags.json ? JSON.stringify(report) : statementsText(report, flags.dryRun === true ? "would be" : "were")
  return { text, isNothing: report.linesRecorded === 0 && report.linesSuperseded === 0 }
}

const actor = commandActor("import")

/** Imports a file, or each file of a folder, telling how far it is; returns what was done with each kind of line. */
export async function runImport(
  services: Services,
  path: string,
  flags: Flags,
  progress: Progress,
): Promise<ImportAnswer> {
  const files = dataFilesIn(path)
  if (files !== undefined) return eachFile(files, flags, (file) => runImport(services, file, flags, progress))
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) {
    return { text: releaseText(await importArtifact(services, path, actor)), isNothing: false }
  }
  const request = requestOf(path, flags)
  const { as } = flags
  if (as !== undefined) {
    const rejectedFile = request.rejectedFile ?? defaultRejectedFile(path)
    const report = await importStatements(services, { ...request, as, rejectedFile }, actor, (fraction) =>
      progress.update(`${Math.round(fraction * 100)} %`),
    )
    return statementsAnswer(report, flags)
  }
  const report = await importFile(
    services,
    request,
    actor,
    ({ step, fraction, linesRead }) => {
      const percent = Math.round(fraction * 100)
      progress.update(
        step === "reading" ? `${count(linesRead)} lines, ${percent} %` : `folding histories, ${percent} %`,
      )
    },
    (rules) => {
      for (const line of [`${basename(path)}, read as:`, ...mappingLines(rules)]) progress.step(line)
    },
  )
  const isNothing = report.events === 0 && report.linesKnownBefore === 0
  return { text: flags.json ? JSON.stringify(report) : reportText(report), isNothing }
}
