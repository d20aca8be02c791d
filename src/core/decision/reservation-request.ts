import { type Claim, isExhausted, type Supplies } from "./capacity-usage.ts"
import type { Approach, ContactPolicy, Reservation } from "./contact.ts"
import { createContactJudge } from "./contact.ts"
import type { Drop } from "./stages.ts"

/** What a decision takes of what is limited; checked once more under the locks of the write that records it. */
export interface Booking {
  approach: Approach
  reservation: Reservation
  contact: ContactPolicy
  timeZone: string
  isService: boolean
  claims: readonly Claim[]
}

/** Why a booking cannot stand beside what is reserved by now; `null` when it can. */
export function bookingRefusal(
  { approach, reservation, contact, timeZone, isService, claims }: Booking,
  reservations: readonly Reservation[],
  supplies: Supplies,
): Drop | null {
  const nowMs = reservation.reservedAt
  const judge = createContactJudge(reservations, contact, approach.channel, { nowMs, timeZone })
  const refusal = judge(approach, isService)
  if (refusal) return { stage: "contact", ...refusal }
  const gone = claims.find((claim) => isExhausted(claim, supplies))
  return gone ? { stage: "budget", rule: gone.key, reason: `${gone.limit} is the most, and it is used or held` } : null
}
