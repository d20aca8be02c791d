import postgres from "postgres"
import { expect, test } from "vitest"
import type { Reservation } from "../../src/core/decision/contact.ts"
import { newId } from "../../src/start/new-id.ts"
import type { Decision } from "../../src/store/decisions/decision-types.ts"
import { createTestDatabase, openTestStore } from "../support/database.ts"
import { anEvent } from "../support/events.ts"
import { aReservationRequest } from "../support/reservation-requests.ts"

const rounds = 15
const decisionsEach = 20

function anOffer(customerId: string): { decision: Decision; reservation: Reservation } {
  const [id, at] = [newId(), Date.now()]
  const expiresAt = at + 3_600_000
  const decision = {
    id,
    customerId,
    at,
    verb: "decide",
    placement: "home",
    channel: "web",
    kind: "promotion",
    offerId: "offer-1",
    releaseId: null,
    policyVersion: "1",
    trace: {},
    expiresAt,
    activatedAt: null,
  } as const
  const reservation = {
    decisionId: id,
    offerId: "offer-1",
    channel: "web",
    reservedAt: at,
    expiresAt,
    activatedAt: null,
  }
  return { decision, reservation: reservation as Reservation }
}

test("a decision written in the same instant as a merge is the merged customer's, with its reservation", async () => {
  const url = await createTestDatabase()
  const [store, other] = await Promise.all([openTestStore(url), openTestStore(url)])
  const options = { mayMerge: true, receivedAt: Date.now(), deriveVector: () => null }
  for (let round = 0; round < rounds; round++) {
    const userId = { type: "userId", value: `user-${round}` } as const
    const anonymousId = { type: "anonymousId", value: `browser-${round}` } as const
    await store.events.ingest([anEvent({ identifiers: [userId] })], options)
    await store.events.ingest([anEvent({ identifiers: [anonymousId] })], { ...options, receivedAt: Date.now() + 1000 })
    const { customerId } = await store.customers.read(anonymousId)
    const writing = Array.from({ length: decisionsEach }, async (_, n) => {
      const { decision, reservation } = anOffer(customerId)
      await new Promise((resolve) => setTimeout(resolve, n))
      return other.decisions.append(decision, aReservationRequest(reservation))
    })
    await new Promise((resolve) => setTimeout(resolve, decisionsEach / 2))
    const joining = anEvent({ identifiers: [userId, anonymousId] })
    await Promise.all([store.events.ingest([joining], options), ...writing])
    const merged = await store.customers.read(userId)
    expect(merged.customerId).not.toBe(customerId)
    expect(merged.reservations).toHaveLength(decisionsEach)
  }
  const client = postgres(url, { max: 1 })
  const left = await client`
    select customer_id from decisions join profiles using (customer_id) where merged_into is not null
    union all select customer_id from decision_index join profiles using (customer_id) where merged_into is not null
    union all select customer_id from contacts join profiles using (customer_id) where merged_into is not null`
  expect([...left]).toEqual([])
  await Promise.all([client.end(), store.close(), other.close()])
})
