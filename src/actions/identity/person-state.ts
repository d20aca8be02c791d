import { shownConsents } from "../../core/customer/shown-consents.ts"
import type { PersonState } from "../../core/identity/person-state.ts"
import { isoOrNull } from "../../core/time/iso-or-null.ts"
import type { PersonRows } from "../../store/identity/person-rows.ts"

/** Returns a customer as they are shown before and after a join or a split. */
export function personState({ customer, records, identifiers }: PersonRows): PersonState {
  const { customerId, history, traits, consents, reservations } = customer
  const contacts: PersonState["contacts"] = {}
  for (const { channel } of reservations) contacts[channel] = (contacts[channel] ?? 0) + 1
  return {
    customerId,
    records: [...records],
    traits,
    identifiers: [...identifiers],
    orders: {
      count: history.orders,
      lastAt: isoOrNull(history.lastOrderAt),
      numbers: Object.keys(history.ordersByNumber).sort(),
    },
    consents: shownConsents(consents),
    contacts,
  }
}
