import { describe, expect, test } from "vitest"
import { emptyHistory } from "../../../src/core/history/history.ts"
import type { SendState } from "../../../src/core/history/send-state.ts"
import {
  evaluateTransition,
  sendReservationRefusal,
  sendReservationRequest,
  type TransitionRows,
} from "../../../src/core/plan/evaluate-transition.ts"
import { optIn, request, unlimited } from "../../support/plans.ts"
import { noon } from "../../support/release.ts"

const day = 86_400_000

function rows(
  send: Partial<TransitionRows["send"]> = {},
  plan: Partial<TransitionRows["plan"]> = {},
  profile: Partial<TransitionRows["profile"]> = {},
): TransitionRows {
  const state: SendState = send.state ?? "approved"
  return {
    send: {
      id: "send-1",
      planId: "plan-1",
      itemId: "a",
      state,
      times: { [state]: 1 },
      inHoldout: false,
      gift: false,
      segment: "new",
      money: 10,
      vetoUntil: null,
      ...send,
    },
    plan: { status: "running", request: request(), haltedSegments: [], ...plan },
    profile: { consents: { "unasked-parcel": optIn() }, history: emptyHistory, traits: {}, ...profile },
    policy: unlimited,
    item: { id: "a", title: "A", price: 20, currency: "EUR", stock: 1 },
  }
}
const refused = (text: string) => ({ refused: expect.stringContaining(text) })

describe("a transition", () => {
  test("applies once, and a repeat is no error", () => {
    expect(evaluateTransition(rows(), "reserved", noon)).toBe("apply")
    expect(evaluateTransition(rows({ state: "reserved" }), "reserved", noon)).toBe("repeat")
    expect(evaluateTransition(rows({ state: "kept" }), "returned", noon)).toEqual(refused("that state is final"))
  })

  test("of a customer in the holdout is refused, but for their own veto", () => {
    const send = rows({ state: "proposed", inHoldout: true })
    expect(evaluateTransition(send, "approved", noon)).toEqual(refused("holdout"))
    expect(evaluateTransition(send, "vetoed", noon)).toBe("apply")
  })

  test("into reserved or dispatched needs a running plan and segment; ends are recorded whatever the plan does", () => {
    for (const [from, to] of [
      ["approved", "reserved"],
      ["reserved", "dispatched"],
    ] as const) {
      expect(evaluateTransition(rows({ state: from }, { status: "halted" }), to, noon)).toEqual(
        refused("plan is halted"),
      )
      expect(evaluateTransition(rows({ state: from }, { haltedSegments: ["new"] }), to, noon)).toEqual(
        refused("for the segment new"),
      )
      expect(evaluateTransition(rows({ state: from }, { haltedSegments: ["regular"] }), to, noon)).toBe("apply")
    }
    for (const to of ["delivered", "kept", "returned", "lost"] as const)
      expect(evaluateTransition(rows({ state: "dispatched" }, { status: "halted" }), to, noon)).toBe("apply")
  })

  test("into approved needs a plan that somebody approved", () => {
    expect(evaluateTransition(rows({ state: "proposed" }, { status: "planned" }), "approved", noon)).toEqual(
      refused("plan is planned"),
    )
    expect(evaluateTransition(rows({ state: "proposed" }, { status: "approved" }), "approved", noon)).toBe("apply")
  })

  test("into dispatched waits for the veto period, and a withdrawn opt-in stops it", () => {
    const announced = rows({ state: "reserved", vetoUntil: noon + 1 })
    expect(evaluateTransition(announced, "dispatched", noon)).toEqual(refused("may veto it until"))
    expect(evaluateTransition(announced, "dispatched", noon + 1)).toBe("apply")
    const withdrawn = { consents: { "unasked-parcel": optIn({ granted: false }) } }
    expect(evaluateTransition(rows({ state: "reserved" }, {}, withdrawn), "dispatched", noon)).toEqual(
      refused("has not opted in"),
    )
  })

  test("of the last unit in stock is dispatched, because the send holds it", () => {
    const last = { ...rows({ state: "reserved" }), item: { id: "a", title: "A", price: 20, currency: "EUR", stock: 0 } }
    expect(evaluateTransition(last, "dispatched", noon)).toBe("apply")
  })
})

describe("a reservation", () => {
  const room = { ofPlan: 0, inFlight: 0, reservations: [], capacityUsage: new Map<string, number>() }
  const refusal = (given: Partial<typeof room>, send = rows()) =>
    sendReservationRefusal(send, sendReservationRequest(send, noon), { ...room, ...given }, noon)

  test("takes money at risk, one of the volume, one in flight and one unit, for as long as the plan says", () => {
    const { claims, reservation } = sendReservationRequest(rows({}, { request: request({ reservationDays: 2 }) }), noon)
    expect(claims.map(({ key, held }) => [key, held])).toEqual([
      ["plan:plan-1:money", 10],
      ["plan:plan-1:volume", 1],
      ["plan:plan-1:inFlight", 1],
      ["stock:a", 1],
    ])
    expect(reservation).toMatchObject({ decisionId: "send-1", reservedAt: noon, expiresAt: noon + 2 * day })
  })

  test("is refused once the customer, the plan or the stock has no room left", () => {
    expect(refusal({})).toBeNull()
    expect(refusal({ ofPlan: 1 })).toMatch(/already reached/)
    expect(refusal({ inFlight: 1 })).toMatch(/have not ended/)
    expect(refusal({ capacityUsage: new Map([["stock:a", 1]]) })).toMatch(/limit of 1 is used/)
    expect(refusal({ capacityUsage: new Map([["plan:plan-1:money", 1e6 - 5]]) })).toMatch(/limit of 1000000 is used/)
  })

  test("of goods at a price needs the opt-in it was planned with, lest it becomes a gift", () => {
    const gifts = { request: request({ gifts: "allowed" }) }
    const send = rows({}, gifts, { consents: { marketing: optIn() } })
    expect(refusal({}, send)).toMatch(/opt-in to unasked parcels is no longer known/)
    expect(refusal({}, rows({ gift: true }, gifts, { consents: { marketing: optIn() } }))).toBeNull()
  })
})
