import { createHash } from "node:crypto"
import { createReadStream } from "node:fs"
import { pipeline } from "node:stream/promises"
import type { Actor } from "../../core/access/actor.ts"
import type { Services } from "../../services.ts"
import { refoldCustomers } from "../events/refold-customers.ts"
import { auditImport } from "./audit-import.ts"
import { BasketRecorder } from "./basket-recorder.ts"
import type { Basket } from "./baskets.ts"
import type { Rejection } from "./line.ts"
import { LineReader } from "./line-reader.ts"
import { type ImportSource, openImport } from "./open-import.ts"
import { futureToleranceMs, type ImportRules, notesOf, rulesOf } from "./preview-import.ts"
import { defaultRejectedFile, RejectedFile } from "./rejected-file.ts"
import { SeenItems } from "./seen-items.ts"
import { type Charge, ImportSummary } from "./summary.ts"

export interface ImportFileRequest extends ImportSource {
  /** True if items the catalogue does not know are added to it. */
  addItems: boolean
  rejectedFile?: string
}

export interface ImportProgress {
  step: "reading" | "folding"
  /** 0 to 1, of the step. */
  fraction: number
  linesRead: number
}

export interface ImportReport {
  linesRead: number
  /** Lines recorded, by the event they became part of. */
  linesRecorded: Readonly<Record<string, number>>
  /** Lines whose event an earlier run had recorded already. */
  linesKnownBefore: number
  linesRejected: Readonly<Record<string, number>>
  rejectedFile: string | null
  /** Up to three rejected lines of each reason. */
  rejectionExamples: Readonly<Record<string, readonly Rejection[]>>
  /** Lines of events whose names mean nothing here, by the file's own name. */
  namesNotUnderstood: Readonly<Record<string, number>>
  /** Lines that are no goods. */
  charges: readonly Charge[]
  /** Sentences on what the file lacks and what was assumed for it. */
  notes: readonly string[]
  events: number
  customers: number
  itemsMade: number
  itemsKnown: number
  seconds: number
}

const linesPerWrite = 10_000

async function digestOf(path: string): Promise<string> {
  const hash = createHash("sha256")
  await pipeline(createReadStream(path), hash)
  return hash.digest("hex")
}

/** Records a file's lines as events, once each however often it is run, then folds the customers it touched. */
export async function importFile(
  services: Services,
  request: ImportFileRequest,
  actor: Actor,
  onProgress: (progress: ImportProgress) => void,
  onOpen: (rules: ImportRules) => void = () => {},
): Promise<ImportReport> {
  const startedAt = services.clock()
  const { timeZone: shopZone } = services.settings.current()
  const { source, columns, mapping, batches } = await openImport({
    ...request,
    mapping: { timeZone: shopZone, ...request.mapping },
  })
  onOpen(rulesOf(mapping, columns))
  const summary = new ImportSummary()
  const fileDigest = await digestOf(request.path)
  const reader = new LineReader(mapping, { fileDigest, latestMs: startedAt + futureToleranceMs, summary })
  const recorder = new BasketRecorder(services)
  const rejected = new RejectedFile(request.rejectedFile ?? defaultRejectedFile(request.path))
  const seenItems = new SeenItems()
  let waiting: Basket[] = []
  let linesWaiting = 0

  const take = async (outcomes: readonly (Basket | Rejection)[]) => {
    const rejections: Rejection[] = []
    for (const outcome of outcomes) {
      if ("reason" in outcome) {
        rejections.push(outcome)
        continue
      }
      waiting.push(outcome)
      linesWaiting += outcome.rows.length
      for (const line of outcome.lines) seenItems.add(line)
    }
    await rejected.write(rejections)
  }
  const recordWaiting = async () => {
    const refused = await recorder.record(waiting)
    for (const rejection of refused) summary.addRejection(rejection)
    await rejected.write(refused)
    waiting = []
    linesWaiting = 0
  }

  for await (const batch of batches) {
    await take(batch.flatMap((row) => reader.read(row)))
    if (linesWaiting >= linesPerWrite) await recordWaiting()
    onProgress({ step: "reading", fraction: source.fractionRead(), linesRead: summary.linesRead })
  }
  await take(reader.finish())
  await recordWaiting()
  const { linesRead } = summary
  const { linesRecorded, linesKnownBefore } = recorder
  const linesRejected = rejected.countByReason
  if (recorder.events > 0) {
    const counts = { as: "events", sha256: fileDigest, linesRead, linesRecorded, linesKnownBefore, linesRejected }
    await auditImport(services, request.path, actor, counts)
  }

  const customers = await recorder.touchedCustomers()
  await refoldCustomers(services, customers, (done) => {
    onProgress({ step: "folding", fraction: done / customers.size, linesRead: summary.linesRead })
  })
  const { made, known } = request.addItems
    ? await seenItems.addMissing(services.store.items, actor)
    : { made: 0, known: 0 }
  return {
    linesRead,
    linesRecorded,
    linesKnownBefore,
    linesRejected,
    rejectedFile: await rejected.close(),
    rejectionExamples: summary.rejectionExamples,
    namesNotUnderstood: summary.namesNotUnderstood,
    charges: summary.charges,
    notes: notesOf(mapping, summary),
    events: recorder.events,
    customers: customers.size,
    itemsMade: made,
    itemsKnown: known,
    seconds: (services.clock() - startedAt) / 1000,
  }
}
