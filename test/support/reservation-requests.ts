import type { Reservation } from "../../src/core/decision/contact.ts"
import type { ReservationRequest } from "../../src/core/decision/reservation-request.ts"
import { defaultPolicy } from "../../src/core/policy/policy.ts"

/** A reservation request of an offer that nothing limits but the built-in contact policy, unless told otherwise. */
export function aReservationRequest(
  reservation: Reservation,
  { contact = defaultPolicy.contact, claims = [] }: Partial<Pick<ReservationRequest, "contact" | "claims">> = {},
): ReservationRequest {
  const { offerId, channel, kind = "promotion" } = reservation
  return {
    approach: { offerId, channel, kind },
    reservation,
    contact,
    claims,
    timeZone: "UTC",
    isService: false,
  }
}
