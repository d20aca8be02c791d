import { afterAll, expect, test, vi } from "vitest"
import { foldVector } from "../../src/core/preference/fold-vector.ts"
import type { Release } from "../../src/core/release/release.ts"
import { newId } from "../../src/start/new-id.ts"
import { loadRelease } from "../../src/store/releases/load-release.ts"
import { startRefolding } from "../../src/work/refold.ts"
import { openTestStore } from "../support/database.ts"
import { anEvent } from "../support/events.ts"
import { saveSmallRelease, silent } from "../support/save-release.ts"

const store = await openTestStore()
const names = Array.from({ length: 12 }, (_, n) => `u-${n}`)
const loaded = async () => loadRelease(store.releases, (await store.releases.read(await saveSmallRelease(store)))!)
const [first, second] = [await loaded(), await loaded()]
let live: Release | null = null
const loop = () => startRefolding({ store, live: { current: () => live }, log: silent, newId }, { pauseMs: 20 })
const loops = [loop(), loop()]
afterAll(async () => {
  await Promise.all(loops.map(({ stop }) => stop()))
  await store.close()
})

const read = () => Promise.all(names.map((value) => store.customers.read({ type: "userId", value })))
const expectAllUnder = (release: Release) =>
  vi.waitFor(async () => {
    for (const customer of await read()) {
      expect(customer.vectorRelease).toBe(release.id)
      expect(customer.vector).toEqual(foldVector(customer.history, release))
    }
  }, 20_000)

test("after a promotion every stored vector becomes one of the live release, whichever process sweeps", async () => {
  const events = names.map((value, n) =>
    anEvent({
      name: "Order Completed",
      lines: [{ itemId: ["brush", "paint", "paper"][n % 3]!, quantity: 1 }],
      identifiers: [{ type: "userId", value }],
    }),
  )
  await store.events.ingest(events, { mayMerge: false, receivedAt: Date.now(), deriveVector: () => null })
  live = first
  await expectAllUnder(first)
  live = second
  await expectAllUnder(second)
})

test("a vector folded from an older history never replaces that of a newer one", async () => {
  const [customer] = await read()
  const late = { customerId: customer!.customerId, profileVersion: customer!.profileVersion - 1 }
  const written = await store.customers.writeVectors(first.id, [{ ...late, vector: new Float32Array(6) }])
  expect(written).toBe(0)
  expect((await read())[0]!.vectorRelease).toBe(second.id)
})
