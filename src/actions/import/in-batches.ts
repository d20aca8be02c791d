import type { Row } from "./row-source.ts"

export const rowsPerBatch = 2000

/** Rows in batches, so that what follows works on many at a time. */
export async function* inBatches(rows: AsyncIterable<Row>): AsyncGenerator<Row[]> {
  let batch: Row[] = []
  for await (const row of rows) {
    batch.push(row)
    if (batch.length >= rowsPerBatch) {
      yield batch
      batch = []
    }
  }
  if (batch.length > 0) yield batch
}
