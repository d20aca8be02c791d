import { createHash } from "node:crypto"
import { createReadStream } from "node:fs"
import { pipeline } from "node:stream/promises"
import type { Services } from "../services.ts"
import { type Basket, BasketGatherer } from "./import/baskets.ts"
import { type Rejection, readLine } from "./import/line.ts"
import { type ImportSource, openImport } from "./import/open-import.ts"
import { defaultRejectedFile, RejectedFile } from "./import/rejected-file.ts"
import { SeenItems } from "./import/seen-items.ts"
import { ingestEvents } from "./ingest-events.ts"
import { refoldCustomers } from "./refold-customers.ts"

export interface ImportFileRequest extends ImportSource {
  /** Whether items the catalogue does not know are added to it. */
  addItems: boolean
  rejectedFile?: string
}

export interface ImportProgress {
  step: "reading" | "folding"
  /** 0 to 1 while reading. */
  fraction: number
  linesRead: number
}

export interface ImportReport {
  linesRead: number
  /** Lines recorded, by the event they became part of. */
  linesRecorded: Record<string, number>
  /** Lines whose event an earlier run had recorded already. */
  linesKnownBefore: number
  linesRejected: Record<string, number>
  rejectedFile: string | null
  events: number
  customers: number
  itemsMade: number
  itemsKnown: number
  seconds: number
}

const linesPerWrite = 10_000

const addTo = (counts: Record<string, number>, key: string, by: number): void => {
  counts[key] = (counts[key] ?? 0) + by
}

async function digestOf(path: string): Promise<string> {
  const hash = createHash("sha256")
  await pipeline(createReadStream(path), hash)
  return hash.digest("hex")
}

/** Records a file's lines as events, once each however often it is run, then folds the customers it touched. */
export async function importFile(
  services: Services,
  request: ImportFileRequest,
  onProgress: (progress: ImportProgress) => void,
): Promise<ImportReport> {
  const startedAt = services.clock()
  const { source, mapping, batches } = await openImport(request)
  const gatherer = new BasketGatherer(await digestOf(request.path), mapping.keep)
  const rejected = new RejectedFile(request.rejectedFile ?? defaultRejectedFile(request.path))
  const seenItems = new SeenItems()
  const customerIds = new Set<string>()
  const report = { linesRead: 0, linesKnownBefore: 0, events: 0 }
  const linesRecorded: Record<string, number> = {}
  const linesRejected: Record<string, number> = {}

  const reject = async (rejections: readonly Rejection[]) => {
    for (const { reason } of rejections) addTo(linesRejected, reason, 1)
    await rejected.write(rejections)
  }
  const record = async (baskets: readonly Basket[]) => {
    const results = await ingestEvents(
      services,
      baskets.map(({ event }) => event),
      { mayMerge: true, fold: "later" },
    )
    const refused: Rejection[] = []
    for (const [index, { status, customerId, reason }] of results.entries()) {
      const { event, lines } = baskets[index]!
      if (customerId !== undefined) customerIds.add(customerId)
      if (status === "rejected") {
        const message = reason ?? "the event was not accepted"
        refused.push(...lines.map(({ line }): Rejection => ({ line, reason: "refusedByIngest", message })))
        continue
      }
      for (const line of lines) seenItems.add(line)
      if (status === "duplicate") report.linesKnownBefore += lines.length
      else {
        addTo(linesRecorded, event.name, lines.length)
        report.events += 1
      }
    }
    await reject(refused)
  }

  let waiting: Basket[] = []
  let linesWaiting = 0
  for await (const batch of batches) {
    const rejections: Rejection[] = []
    for (const row of batch) {
      const line = readLine(row, mapping)
      const outcome = "reason" in line ? line : gatherer.add(line)
      if (outcome === undefined) continue
      if ("reason" in outcome) rejections.push(outcome)
      else {
        waiting.push(outcome)
        linesWaiting += outcome.lines.length
      }
    }
    report.linesRead += batch.length
    await reject(rejections)
    if (linesWaiting >= linesPerWrite) {
      await record(waiting)
      waiting = []
      linesWaiting = 0
    }
    onProgress({ step: "reading", fraction: source.fractionRead(), linesRead: report.linesRead })
  }
  const last = gatherer.finish()
  await record(last === undefined ? waiting : [...waiting, last])

  onProgress({ step: "folding", fraction: 1, linesRead: report.linesRead })
  await refoldCustomers(services, customerIds)
  const { made, known } = request.addItems ? await seenItems.addMissing(services.store.items) : { made: 0, known: 0 }
  return {
    ...report,
    linesRecorded,
    linesRejected,
    rejectedFile: await rejected.close(),
    customers: customerIds.size,
    itemsMade: made,
    itemsKnown: known,
    seconds: (services.clock() - startedAt) / 1000,
  }
}
