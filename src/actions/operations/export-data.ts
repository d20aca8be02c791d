import { mkdir } from "node:fs/promises"
import { join } from "node:path"
import type { SchemaElement } from "hyparquet"
import { fileWriter, ParquetWriter } from "hyparquet-writer"
import { foldVector } from "../../core/preference/fold-vector.ts"
import type { Services } from "../../services.ts"

export interface ExportedData {
  /** One row a product line; an event without lines has one row. */
  events: { path: string; rows: number }
  /** `null` while no release is live. */
  vectors: { path: string; rows: number; releaseId: string } | null
}

type Column = { name: string; data: unknown[] }

const text = (name: string, repetition_type: "REQUIRED" | "OPTIONAL" = "REQUIRED"): SchemaElement => ({
  name,
  type: "BYTE_ARRAY",
  converted_type: "UTF8",
  repetition_type,
})
const number = (name: string): SchemaElement => ({ name, type: "DOUBLE", repetition_type: "OPTIONAL" })

const eventSchema: SchemaElement[] = [
  { name: "event", num_children: 7 },
  text("customerId"),
  text("messageId"),
  { name: "timestamp", type: "INT64", converted_type: "TIMESTAMP_MILLIS", repetition_type: "REQUIRED" },
  text("event"),
  text("itemId", "OPTIONAL"),
  number("quantity"),
  number("price"),
]

const vectorSchema: SchemaElement[] = [
  { name: "vector", num_children: 3 },
  text("customerId"),
  text("releaseId"),
  { name: "vector", converted_type: "LIST", repetition_type: "REQUIRED", num_children: 1 },
  { name: "list", repetition_type: "REPEATED", num_children: 1 },
  { name: "element", type: "FLOAT", repetition_type: "REQUIRED" },
]

const customersAtOnce = 500

/** Writes `events.parquet` and, under the live release, `vectors.parquet` into a folder, a batch at a time. */
export async function exportData(
  { store, live, clock }: Pick<Services, "store" | "live" | "clock">,
  folder: string,
): Promise<ExportedData> {
  await mkdir(folder, { recursive: true })
  const events = join(folder, "events.parquet")
  const rows = await writeEvents(store, clock(), events)
  const release = live.current()
  if (!release) return { events: { path: events, rows }, vectors: null }
  const path = join(folder, "vectors.parquet")
  const writer = new ParquetWriter({ writer: fileWriter(path), schema: vectorSchema })
  let count = 0
  for (let after: string | null = null; ; ) {
    const ids: string[] = await store.events.customerIds(after, customersAtOnce)
    if (ids.length === 0) break
    const records = await Promise.all(ids.map((customerId) => store.customers.read({ customerId })))
    const vectors = records.map(({ history, vector, vectorRelease }) =>
      Array.from(vector !== null && vectorRelease === release.id ? vector : foldVector(history, release)),
    )
    writeRows(writer, [
      { name: "customerId", data: ids },
      { name: "releaseId", data: ids.map(() => release.id) },
      { name: "vector", data: vectors },
    ])
    count += ids.length
    after = ids.at(-1)!
  }
  writer.finish()
  return { events: { path: events, rows }, vectors: { path, rows: count, releaseId: release.id } }
}

async function writeEvents({ events }: Services["store"], until: number, path: string): Promise<number> {
  const writer = new ParquetWriter({ writer: fileWriter(path), schema: eventSchema })
  let count = 0
  for await (const batch of events.readAll(until + 1)) {
    const rows = batch.flatMap((event) =>
      (event.lines.length > 0 ? event.lines : [null]).map((line) => ({ event, line })),
    )
    writeRows(writer, [
      { name: "customerId", data: rows.map(({ event }) => event.customerId) },
      { name: "messageId", data: rows.map(({ event }) => event.messageId) },
      { name: "timestamp", data: rows.map(({ event }) => new Date(event.at)) },
      { name: "event", data: rows.map(({ event }) => event.name) },
      { name: "itemId", data: rows.map(({ line }) => line?.itemId ?? null) },
      { name: "quantity", data: rows.map(({ line }) => line?.quantity ?? null) },
      { name: "price", data: rows.map(({ line }) => line?.price ?? null) },
    ])
    count += rows.length
  }
  writer.finish()
  return count
}

function writeRows(writer: ParquetWriter, columnData: Column[]): void {
  if (columnData[0]!.data.length > 0) writer.write({ columnData })
}
