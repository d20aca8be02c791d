import postgres from "postgres"
import { afterAll, beforeAll, expect, test } from "vitest"
import { newId } from "../../../src/start/new-id.ts"
import { createLease } from "../../../src/store/database/leases.ts"
import type { Store } from "../../../src/store/store.ts"
import { createTestDatabase, openTestStore } from "../../support/database.ts"

let stores: readonly [Store, Store]
let client: postgres.Sql

beforeAll(async () => {
  const url = await createTestDatabase()
  client = postgres(url, { max: 1 })
  stores = [await openTestStore(url), await openTestStore(url)]
})
afterAll(() => Promise.all([client.end(), ...stores.map((store) => store.close())]))

const leasesNamed = (name: string, forMs = 60_000) =>
  stores.map(({ leases }) => createLease(leases, { name, holder: newId(), forMs })) as [Lease, Lease]
type Lease = ReturnType<typeof createLease>

test("a lease has one holder, who may prolong it and give it back", async () => {
  const pair = leasesNamed("sweep")
  const granted = await Promise.all(pair.map((lease) => lease.acquire()))
  expect(granted.filter(Boolean)).toHaveLength(1)
  const [holder, other] = granted[0] ? pair : [pair[1], pair[0]]
  expect(await holder.acquire()).toBe(true)
  await other.release()
  expect(await other.acquire()).toBe(false)
  await holder.release()
  expect(await other.acquire()).toBe(true)
})

test("a lease that has run out is anybody's", async () => {
  const [late] = leasesNamed("short", -1000)
  const [, other] = leasesNamed("short")
  expect(await late.acquire()).toBe(true)
  expect(await other.acquire()).toBe(true)
})

test("work runs under the lease and gives it back, though it fails; while another has it nothing runs", async () => {
  const [one, other] = leasesNamed("work")
  const result = await one.run(async () => {
    expect(await other.run(async () => "never")).toBeUndefined()
    return "done"
  })
  expect(result).toBe("done")
  await expect(one.run(() => Promise.reject(new Error("broken")))).rejects.toThrow("broken")
  expect(await other.run(async () => "next")).toBe("next")
})

test("a lease is prolonged while work lasts, and no longer", async () => {
  const [lease, other] = leasesNamed("long", 300)
  const endOfLease = async () => {
    const [row] = await client`select until from leases where name = 'long'`
    return (row!.until as Date).getTime()
  }
  expect(await lease.acquire()).toBe(true)
  const first = await endOfLease()
  const untilProlonged = () => expect.poll(endOfLease, { timeout: 20_000, interval: 10 }).toBeGreaterThan(first + 300)
  await lease.prolongDuring(untilProlonged)
  await expect.poll(() => other.acquire(), { timeout: 20_000 }).toBe(true)
})
