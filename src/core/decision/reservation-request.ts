import { type CapacityUsage, isExhausted, type ResourceClaim } from "./capacity-usage.ts"
import type { ContactAttempt, ContactPolicy, Reservation } from "./contact.ts"
import { createContactPolicyCheck } from "./contact.ts"
import type { Drop } from "./stages.ts"

/** The contact and the resources that a decision reserves; checked again under the locks of the recording write. */
export interface ReservationRequest {
  approach: ContactAttempt
  reservation: Reservation
  contact: ContactPolicy
  timeZone: string
  isService: boolean
  claims: readonly ResourceClaim[]
}

/** Returns why a request cannot be reserved beside what is reserved now, or `null`. */
export function reservationRefusal(
  { approach, reservation, contact, timeZone, isService, claims }: ReservationRequest,
  reservations: readonly Reservation[],
  capacityUsage: CapacityUsage,
): Drop | null {
  const nowMs = reservation.reservedAt
  const checkContact = createContactPolicyCheck(reservations, contact, approach.channel, { nowMs, timeZone })
  const refusal = checkContact(approach, isService)
  if (refusal) return { stage: "contact", ...refusal }
  const gone = claims.find((claim) => isExhausted(claim, capacityUsage))
  return gone ? { stage: "budget", rule: gone.key, reason: `the limit of ${gone.limit} is used or reserved` } : null
}
