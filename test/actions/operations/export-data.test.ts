import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { asyncBufferFromFile, parquetReadObjects } from "hyparquet"
import { afterAll, expect, test } from "vitest"
import { exportData } from "../../../src/actions/operations/export-data.ts"
import { foldVector } from "../../../src/core/preference/fold-vector.ts"
import { openTestStore } from "../../support/database.ts"
import { bought, day, fitSmallRelease, historyOf, noon } from "../../support/release.ts"

const store = await openTestStore()
const folder = await mkdtemp(join(tmpdir(), "export-"))
afterAll(async () => {
  await store.close()
  await rm(folder, { recursive: true })
})
const read = async (path: string) => parquetReadObjects({ file: await asyncBufferFromFile(path) })

const identifiers = [{ type: "userId", value: "ann" }] as const

test("events come out a line a row and vectors a customer a row, readable as Parquet", async () => {
  const events = [
    { ...bought(0, "brush", "paint"), messageId: "m-1", identifiers: [...identifiers] },
    {
      ...bought(1, "paint"),
      name: "Page Viewed",
      lines: [],
      messageId: "m-2",
      identifiers: [...identifiers],
    },
  ]
  await store.events.append(events, { mayMerge: false, receivedAt: noon + 2 * day })
  const release = await fitSmallRelease([historyOf(bought(0, "brush", "paint"))])
  const services = { store, live: { current: () => release }, clock: () => noon + 3 * day }
  const exported = await exportData(services, join(folder, "data"))
  expect(exported).toMatchObject({ events: { rows: 2 + 1 }, vectors: { rows: 1, releaseId: release.id } })

  const rows = await read(exported.events.path)
  const { customerId } = rows[0]!
  expect(rows).toEqual([
    {
      customerId,
      messageId: "m-1",
      timestamp: new Date(noon),
      event: "Order Completed",
      itemId: "brush",
      quantity: 1,
      price: null,
    },
    {
      customerId,
      messageId: "m-1",
      timestamp: new Date(noon),
      event: "Order Completed",
      itemId: "paint",
      quantity: 1,
      price: null,
    },
    {
      customerId,
      messageId: "m-2",
      timestamp: new Date(noon + day),
      event: "Page Viewed",
      itemId: null,
      quantity: null,
      price: null,
    },
  ])
  const { history } = await store.customers.read({ customerId: customerId as string })
  const [vector] = await read(exported.vectors!.path)
  expect(vector).toEqual({ customerId, releaseId: release.id, vector: [...foldVector(history, release)] })
})

test("without a live release there are events and no vectors", async () => {
  const services = { store, live: { current: () => null }, clock: () => noon - day }
  expect(await exportData(services, join(folder, "none"))).toMatchObject({ events: { rows: 0 }, vectors: null })
})
