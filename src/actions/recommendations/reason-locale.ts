import { localeOf } from "../../core/customer/locale.ts"
import type { Services } from "../../services.ts"
import type { CustomerRecord } from "../../store/customers/customers.ts"

/** Returns the locale of reasons where they are wanted: the customer's, else the shop's; `null` where they are not. */
export const reasonLocale = (
  { settings }: Pick<Services, "settings">,
  explain: boolean,
  customer?: Pick<CustomerRecord, "traits">,
): string | null => (explain ? ((customer && localeOf(customer.traits)) ?? settings.current().locale) : null)
