import type { SendState } from "../../src/core/history/send-state.ts"
import type { PlanSummary } from "../../src/core/plan/plan-schema.ts"
import { type PlanRequest, planRequestSchema } from "../../src/core/policy/plan-request.ts"
import { type Policy, policyDraftSchema } from "../../src/core/policy/policy.ts"
import { newId } from "../../src/start/new-id.ts"
import type { StoredSend } from "../../src/store/sends/send-rows.ts"
import type { TransitionResult } from "../../src/store/sends/send-transition.ts"
import type { Store } from "../../src/store/store.ts"
import { tester } from "./actor.ts"
import { anEvent } from "./events.ts"

/** Costs of a send, in EUR and shares that hand-worked numbers are easy with. */
export const costs = {
  outbound: 4,
  return: 5,
  lossRate: 0.1,
  annoyance: 1,
  goodwill: 2,
  organicShipping: 3,
  marginShare: 0.3,
  contact: 0.05,
  takeUpRate: 0.1,
}

/** Nothing but the plan's own limits holds anybody back. */
export const unlimited: Policy = {
  version: "unlimited-1",
  placement: "parcels",
  ...policyDraftSchema.parse({ contact: { caps: [], pauses: [], theme: null, quietHours: null } }),
}

export const request = (given: Record<string, unknown> = {}): PlanRequest => ({
  ...planRequestSchema.parse({ name: "Parcels", freeReturn: true, budgets: { money: 1e6, volume: 1e6 }, ...given }),
  currency: "EUR",
})

export const optIn = (given: Record<string, unknown> = {}) => ({
  granted: true,
  at: "2026-01-01T00:00:00.000Z",
  source: "test",
  ...given,
})

/** A customer with a history who opted in to unasked parcels, or to what is given. */
export async function aCustomer(
  store: Store,
  userId: string,
  consents: Record<string, unknown> = { "unasked-parcel": optIn() },
): Promise<string> {
  const event = anEvent({ identifiers: [{ type: "userId", value: userId }] })
  const options = { mayMerge: true, receivedAt: Date.now(), deriveVector: () => null }
  const [result] = await store.events.ingest([event], options)
  const customerId = result!.customerId!
  for (const [purpose, consent] of Object.entries(consents))
    await store.customers.setConsent({ customerId }, purpose as "marketing", consent as ReturnType<typeof optIn>, {
      nowMs: options.receivedAt,
      actor: null,
    })
  return customerId
}

export async function anItem(store: Store, id: string, given: Record<string, unknown> = {}): Promise<void> {
  await store.items.upsert([{ id, title: id, price: 20, currency: "EUR", ...given }], tester)
}

export const emptySummary: PlanSummary = {
  customers: 0,
  eligible: 0,
  candidates: 0,
  exclusions: [],
  chosen: { sends: 0, customers: 0, expectedKeptShare: null, expectedValue: 0, moneyAtRisk: 0 },
  holdout: { sends: 0, customers: 0 },
  dualPrices: { money: 0, volume: 0, promise: 0, stock: [] },
  curve: [],
  segments: [],
  notes: [],
  seconds: 0,
}

/** A running plan that proposes these sends. */
export async function aRunningPlan(
  store: Store,
  asked: PlanRequest,
  sends: readonly (Partial<StoredSend> & Pick<StoredSend, "customerId" | "itemId">)[],
): Promise<{ planId: string; sendIds: string[] }> {
  const planId = newId()
  const at = Date.now()
  await store.plans.create({ id: planId, name: asked.name, request: asked, createdAt: at }, tester)
  const proposals = sends.map(
    (given): StoredSend => ({
      id: newId(),
      planId,
      autonomyLevel: asked.autonomyLevel,
      state: "proposed",
      inHoldout: false,
      segment: "all",
      keepProbability: 0.8,
      organicProbability: 0.1,
      expectedValue: 3,
      money: 10,
      gift: false,
      times: { proposed: at },
      terms: {},
      createdAt: at,
      vetoUntil: null,
      resolveBy: null,
      resolvedAt: null,
      ...given,
    }),
  )
  await store.sends.insert(proposals)
  await store.plans.change({ id: planId, from: ["planning"], to: "planned", at, summary: emptySummary, actor: tester })
  await store.plans.change({ id: planId, from: ["planned"], to: "approved", at, actor: tester })
  await store.plans.change({ id: planId, from: ["approved"], to: "running", at, actor: tester })
  return { planId, sendIds: proposals.map(({ id }) => id) }
}

/** Moves sends as somebody says, now. */
export const say = (
  store: Store,
  to: SendState,
  ids: readonly string[],
  { policy = unlimited, at = Date.now() }: { policy?: Policy; at?: number } = {},
): Promise<TransitionResult[]> =>
  store.sends.transition({ ids, to, at, nowMs: at, byTimeout: false, policyOf: () => policy })
