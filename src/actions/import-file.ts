import { createHash } from "node:crypto"
import { createReadStream } from "node:fs"
import { pipeline } from "node:stream/promises"
import type { Services } from "../services.ts"
import { BasketRecorder } from "./import/basket-recorder.ts"
import { type Basket, BasketGatherer } from "./import/baskets.ts"
import { type Rejection, readLine } from "./import/line.ts"
import { type ImportSource, openImport } from "./import/open-import.ts"
import { defaultRejectedFile, RejectedFile } from "./import/rejected-file.ts"
import { SeenItems } from "./import/seen-items.ts"
import { refoldCustomers } from "./refold-customers.ts"

export interface ImportFileRequest extends ImportSource {
  /** Whether items the catalogue does not know are added to it. */
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
  onProgress: (progress: ImportProgress) => void,
): Promise<ImportReport> {
  const startedAt = services.clock()
  const { source, mapping, batches } = await openImport(request)
  const gatherer = new BasketGatherer(await digestOf(request.path), mapping.keep)
  const recorder = new BasketRecorder(services)
  const rejected = new RejectedFile(request.rejectedFile ?? defaultRejectedFile(request.path))
  const seenItems = new SeenItems()
  let linesRead = 0
  let waiting: Basket[] = []
  let linesWaiting = 0

  const take = (outcome: Basket | Rejection | undefined): Rejection[] => {
    if (outcome === undefined) return []
    if ("reason" in outcome) return [outcome]
    waiting.push(outcome)
    linesWaiting += outcome.lines.length
    for (const line of outcome.lines) seenItems.add(line)
    return []
  }
  const recordWaiting = async () => {
    await rejected.write(await recorder.record(waiting))
    waiting = []
    linesWaiting = 0
  }

  for await (const batch of batches) {
    const rejections = batch.flatMap((row) => {
      const line = readLine(row, mapping)
      return take("reason" in line ? line : gatherer.add(line))
    })
    linesRead += batch.length
    await rejected.write(rejections)
    if (linesWaiting >= linesPerWrite) await recordWaiting()
    onProgress({ step: "reading", fraction: source.fractionRead(), linesRead })
  }
  take(gatherer.finish())
  await recordWaiting()

  const customers = await recorder.touchedCustomers()
  await refoldCustomers(services, customers, (done) => {
    onProgress({ step: "folding", fraction: done / customers.size, linesRead })
  })
  const { made, known } = request.addItems ? await seenItems.addMissing(services.store.items) : { made: 0, known: 0 }
  return {
    linesRead,
    linesRecorded: recorder.linesRecorded,
    linesKnownBefore: recorder.linesKnownBefore,
    linesRejected: rejected.countByReason,
    rejectedFile: await rejected.close(),
    events: recorder.events,
    customers: customers.size,
    itemsMade: made,
    itemsKnown: known,
    seconds: (services.clock() - startedAt) / 1000,
  }
}
